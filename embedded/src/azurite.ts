import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotStart } from './cannot-start.ts'
import { type Begin, becomesReady, type ProcessSpec, type RunningProcess } from './child-process.ts'
import type { Environment } from './config.ts'
import { answers } from './http-answer.ts'
import { withItsLog } from './last-words.ts'
import { findFreePort } from './ports.ts'
import { startScratch } from './scratch.ts'

export type BlobStore = { accountName: string; accountKey: string; endpoint: string }
type AzuriteSpec = {
  /** Where blobs are kept; undefined keeps them in memory. */
  folder: string | undefined
  /** Without one of its own it gets a free one. */
  port?: number
  accountKey: string
  logFile: string
  environment: Environment
}

const accountName = 'tallyshop'
const preloads = ['./azurite-durable.cjs', './keep-compiled.cjs'].flatMap((file) => [
  '--require',
  fileURLToPath(new URL(file, import.meta.url)),
])

/** Starts Azurite's blob service on a port of 127.0.0.1 with one account, and waits until it answers. */
export async function startAzurite(
  spec: AzuriteSpec,
  begin: Begin,
): Promise<{ store: BlobStore; process: RunningProcess }> {
  // A port found free can be taken meanwhile.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const port = spec.port ?? (await findFreePort())
    const azurite = begin(processSpec(spec, port))
    const url = `http://127.0.0.1:${port}`
    if (await becomesReady(azurite, () => answers(url), 30_000)) {
      return {
        store: { accountName, accountKey: spec.accountKey, endpoint: `${url}/${accountName}` },
        process: azurite,
      }
    }
    await azurite.stop(1000)
  }
  throw new CannotStart(withItsLog('The picture store (Azurite) does not start', spec.logFile))
}

/** An Azurite for tests that keeps everything in memory and is gone after `stop` or with this process. */
export async function startScratchAzurite(): Promise<BlobStore & { stop: () => Promise<void> }> {
  return startScratch('azurite', async ({ logFile, begin }) => {
    const accountKey = randomBytes(64).toString('base64')
    const environment = { PATH: process.env.PATH ?? '' }
    return (await startAzurite({ folder: undefined, accountKey, logFile, environment }, begin)).store
  })
}

const options = ['--silent', '--disableTelemetry', '--skipApiVersionCheck', '--blobHost', '127.0.0.1']

function processSpec(spec: AzuriteSpec, port: number): ProcessSpec {
  const home = dirname(createRequire(import.meta.url).resolve('azurite/package.json'))
  const place = spec.folder ? ['--location', spec.folder] : ['--inMemoryPersistence']
  const main = join(home, 'dist/src/blob/main.js')
  return {
    name: 'picture store',
    command: [process.execPath, ...preloads, main, ...options, '--blobPort', String(port), ...place],
    environment: { ...spec.environment, AZURITE_ACCOUNTS: `${accountName}:${spec.accountKey}` },
    logFile: spec.logFile,
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGTERM',
  }
}
