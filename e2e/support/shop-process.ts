import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../embedded/src/main.ts', import.meta.url))
const startTimeoutMs = 60_000

export type ShopProcess = {
  urls: { shop: string; product: string; order: string }
  /** The memory in use by its own programs, in MB, by the file that each runs. */
  memory: () => Record<string, number>
  /** Ends it as Ctrl-C does and resolves to its exit code. */
  stop: () => Promise<number | null>
  /** Kills the launcher and all that it started, at one moment, so that nothing can say goodbye. */
  killEverything: () => Promise<void>
}

export type ShopOptions = {
  dataDir: string
  environment?: Record<string, string>
  /** Kills everything this long after the start instead of waiting for it to be ready. */
  killAfterMs?: number
}

/** A data folder of a test's own, and how to remove it. */
export function makeDataDir(): { dataDir: string; remove: () => void } {
  const dataDir = mkdtempSync(join(tmpdir(), 'tallyshop-'))
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) }
}

/** Starts the shop as `npm start` does, on free ports, and resolves when it says that it is ready. */
export async function startShopProcess({
  dataDir,
  environment,
  killAfterMs,
}: ShopOptions): Promise<ShopProcess> {
  const child = spawn(process.execPath, [main], {
    env: { ...ownEnvironment(), DATA_DIR: dataDir, ...freePorts, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let said = ''
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        said += text
        if (said.includes('Ready after')) resolve()
      })
    }
    void exited.then((code) => reject(new Error(`The shop ended with ${code} before it was ready:\n${said}`)))
    setTimeout(() => reject(new Error(`The shop was not ready in time:\n${said}`)), startTimeoutMs).unref()
    if (killAfterMs !== undefined) setTimeout(resolve, killAfterMs)
  })
  const killEverything = async () => {
    for (const pid of [...descendantsOf(child.pid ?? 0), child.pid ?? 0]) tryKill(pid)
    await exited
  }
  await ready.catch(async (error) => {
    await killEverything()
    throw error
  })
  const stop = () => {
    child.kill('SIGINT')
    return exited
  }
  const urls = killAfterMs === undefined ? readUrls(said) : { shop: '', product: '', order: '' }
  return { urls, memory: () => memoryBelow(child.pid ?? 0), stop, killEverything }
}

const freePorts = { FRONTEND_PORT: '0', PRODUCT_SERVICE_PORT: '0', ORDER_SERVICE_PORT: '0', NO_COLOR: '1' }

/** What the test runner sets for the services' own suites must not reach the shop. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(POSTGRES_|AZURE_|PUBLIC_URL|NODE_TEST)/.test(name),
  )
  return Object.fromEntries(kept)
}

function readUrls(said: string): ShopProcess['urls'] {
  const find = (label: string) => new RegExp(`${label}\\s+(http://[^\\s/]+)`).exec(said)?.[1] ?? ''
  return { shop: find('Shop'), product: find('Product service'), order: find('Order service') }
}

function descendantsOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number))
  const found = [pid]
  for (const parent of found) {
    for (const [child, itsParent] of pairs) if (itsParent === parent && child !== undefined) found.push(child)
  }
  return found.slice(1)
}

function memoryBelow(pid: number): Record<string, number> {
  const pids = descendantsOf(pid).join(',')
  const lines = execFileSync('ps', ['-o', 'rss=,command=', '-p', pids], { encoding: 'utf8' })
    .trim()
    .split('\n')
  const programs = lines.flatMap((line) => {
    const [, kilobytes, main] = /^\s*(\d+) .*?([a-z_]+\/src\/(?:front\/)?main\.ts)/.exec(line) ?? []
    return main ? [[main, Math.round(Number(kilobytes) / 1024)]] : []
  })
  return Object.fromEntries(programs)
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It was gone already.
  }
}
