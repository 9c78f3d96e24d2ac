import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments, usage } from './arguments.ts'
import { CannotStart } from './cannot-start.ts'
import { readConfig, readEnvironment } from './config.ts'
import { showDemo } from './demo.ts'
import { type Shop, startShop } from './shop.ts'
import { terminalSteps } from './steps.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interruption.abort())
// A terminal that went away must not keep the shop from stopping in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const write = (line: string) => process.stdout.write(`${line}\n`)
try {
  const { demo, help } = readArguments(process.argv.slice(2))
  if (help) write(usage)
  else await run(demo)
} catch (error) {
  if (interruption.signal.aborted) {
    write('\nStopped.')
  } else {
    process.exitCode = 1
    console.error(inWords(error))
  }
}
// Everything is stopped by now; nothing that still waits may keep the terminal.
process.exit()

async function run(demo: boolean): Promise<void> {
  const config = readConfig(
    readEnvironment(resolve(repository, process.env.ENV_FILE || '.env'), process.env),
    repository,
  )
  write(`\nTallyshop starts; its data is in ${config.dataDir}`)
  const steps = terminalSteps(write, process.stdout.isTTY && !process.env.NO_COLOR)
  const shop = await startShop(config, steps, interruption.signal)
  greet(shop)
  if (demo) void showDemo({ url: shop.directUrl, interrupted: interruption.signal }, steps)
  await untilStopped(shop)
}

function greet({ urls }: Shop): void {
  write(`
  Shop              ${urls.shop}
  Product service   ${urls.product}/docs
  Order service     ${urls.order}/docs

Ready after ${(performance.now() / 1000).toFixed(1)} s. Ctrl-C stops the shop and keeps its data.`)
}

async function untilStopped(shop: Shop): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    if (interruption.signal.aborted) resolve()
    interruption.signal.addEventListener('abort', () => resolve())
  })
  try {
    await Promise.race([asked, shop.oneEnded])
    write('\nStopping …')
  } finally {
    await shop.stop()
  }
  write('Stopped.')
}

function inWords(error: unknown): unknown {
  const { code, path, message } = error as NodeJS.ErrnoException
  if (error instanceof CannotStart) return `\n${message}\n`
  if (!path || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(code ?? '')) return error
  return `\n${path} cannot be used (${code}): see to whom it belongs and whether there is space, or start with DATA_DIR set to another folder.\n`
}
