import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotStart } from './cannot-start.ts'
import { becomesReady, type ProcessSpec, type RunningProcess, startProcess } from './child-process.ts'
import { findFreePorts } from './ports.ts'
import type { Begin } from './postgres-cluster.ts'

export type BlobStore = { accountName: string; accountKey: string; endpoint: string }
type AzuriteSpec = {
  folder: string | undefined
  accountKey: string
  logFile: string
  environment: Record<string, string>
}

const accountName = 'tallyshop'
const saveOften = fileURLToPath(new URL('./azurite-save-often.cjs', import.meta.url))

/** Starts Azurite's blob service on a free port of 127.0.0.1 with one account, and waits until it answers. */
export async function startAzurite(
  spec: AzuriteSpec,
  begin: Begin,
): Promise<{ store: BlobStore; process: RunningProcess }> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const [port = 0] = await findFreePorts(1)
    const child = begin(processSpec(spec, port))
    const url = `http://127.0.0.1:${port}`
    if (await becomesReady(child, () => answers(url), 30_000)) {
      return {
        store: { accountName, accountKey: spec.accountKey, endpoint: `${url}/${accountName}` },
        process: child,
      }
    }
    await child.stop(1000)
  }
  throw new CannotStart(`The picture store (Azurite) does not start; its log is ${spec.logFile}.`)
}

/** An Azurite for tests that keeps everything in memory and is gone after `stop`. */
export async function startScratchAzurite(): Promise<BlobStore & { stop: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'shop-azurite-'))
  const children: ReturnType<Begin>[] = []
  const begin: Begin = (spec) => {
    const child = startProcess(spec)
    children.push(child)
    return child
  }
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop(2000)))
    rmSync(home, { recursive: true, force: true })
  }
  try {
    const accountKey = randomBytes(64).toString('base64')
    const environment = { PATH: process.env.PATH ?? '' }
    const { store } = await startAzurite(
      { folder: undefined, accountKey, logFile: join(home, 'log'), environment },
      begin,
    )
    return { ...store, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function processSpec(spec: AzuriteSpec, port: number): ProcessSpec {
  const azurite = join(
    dirname(createRequire(import.meta.url).resolve('azurite/package.json')),
    'dist/src/blob/main.js',
  )
  const place = spec.folder ? ['--location', spec.folder] : ['--inMemoryPersistence']
  const options = [
    '--blobHost',
    '127.0.0.1',
    '--blobPort',
    String(port),
    '--silent',
    '--disableTelemetry',
    '--skipApiVersionCheck',
  ]
  return {
    name: 'picture store',
    command: [process.execPath, '--require', saveOften, azurite, ...options, ...place],
    environment: { ...spec.environment, AZURITE_ACCOUNTS: `${accountName}:${spec.accountKey}` },
    logFile: spec.logFile,
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGTERM',
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) })
    await response.body?.cancel()
    return true
  } catch {
    return false
  }
}
