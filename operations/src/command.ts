import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigurationError } from '@tallyshop/service-kit/environment'
import { CannotProceed, inWords } from './cannot-proceed.ts'
import { findShop, ifInstalled, type ShopAddress } from './databases.ts'
import { type Command, runInContainers } from './in-containers.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Runs a command of this package on the shop that the environment names, or else on the one that runs here, by `npm start` or
 * in containers, and ends the process: with what `work` says, or with 1 after a sentence that says why it was not done. Ctrl-C
 * aborts the signal; a second one ends the process at once.
 */
export async function runCommand(
  work: (shop: ShopAddress, signal: AbortSignal) => Promise<number>,
): Promise<void> {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => stop.abort(new CannotProceed('Stopped before it was done.')))
  }
  try {
    const { environment, dataDir } = await readSettings()
    const shop = await findShop(environment, dataDir)
    // Azure's identities are looked for there, and .env may say which.
    if (shop) Object.assign(process.env, environment)
    process.exitCode = shop
      ? await work(shop, stop.signal)
      : await runElsewhere(environment, dataDir, stop.signal)
  } catch (error) {
    // What ended because it was broken off says so in many ways.
    const reason: unknown = stop.signal.aborted && !isForPeople(error) ? stop.signal.reason : error
    console.error(isForPeople(reason) ? reason.message : `It was not done: ${inWords(reason)}.`)
    process.exitCode = 1
  }
}

/** The folder that was named on the command line, as seen from where that was given. Throws CannotProceed. */
export function readFolderArgument(usage: string, known: string[] = []): string {
  const [folder, ...more] = process.argv.slice(2).filter((argument) => !known.includes(argument))
  if (!folder || folder.startsWith('-') || more.length > 0) throw new CannotProceed(`Usage: ${usage}`)
  return fromWhereItWasGiven(folder)
}

function fromWhereItWasGiven(folder: string): string {
  return resolve(process.env.INIT_CWD ?? '', folder)
}

/** A shop that was named by its folder is not looked for anywhere else: another one must not be taken for it. */
async function runElsewhere(
  { DATA_DIR, ENV_FILE }: Record<string, string>,
  dataDir: string,
  signal: AbortSignal,
): Promise<number> {
  if (DATA_DIR || ENV_FILE) throw new CannotProceed(`No shop runs on ${dataDir}: start it.`)
  const code = await runInContainers(readWords(), home, signal)
  if (code !== undefined) return code
  throw new CannotProceed(
    'No running shop was found: start it, or set both PRODUCT_DATABASE_URL and ORDER_DATABASE_URL.',
  )
}

/** What this process was asked for, to ask it of another, which judges it. */
function readWords(): Command {
  const words = process.argv.slice(2)
  return {
    name: basename(process.argv[1] ?? '').replace('-main.ts', ''),
    folders: words.filter((word) => !word.startsWith('-')).map(fromWhereItWasGiven),
    options: words.filter((word) => word.startsWith('-')),
  }
}

/** Without the launcher there is no data folder and no .env: the environment is all. */
async function readSettings(): Promise<{ environment: Record<string, string>; dataDir: string }> {
  const launcher = await ifInstalled(import('@tallyshop/embedded/config'))
  if (!launcher) return { environment: withoutEmpty(process.env), dataDir: home }
  const environment = launcher.readEnvironment(`${home}/${process.env.ENV_FILE || '.env'}`, process.env)
  return { environment, dataDir: launcher.readConfig(environment, home).dataDir }
}

function withoutEmpty(variables: NodeJS.ProcessEnv): Record<string, string> {
  const isSet = (entry: [string, string | undefined]): entry is [string, string] => Boolean(entry[1]?.trim())
  return Object.fromEntries(Object.entries(variables).filter(isSet))
}

/** Errors whose message is all that is to be said. */
function isForPeople(error: unknown): error is Error {
  return (
    error instanceof CannotProceed ||
    error instanceof ConfigurationError ||
    (error instanceof Error && error.name === 'CannotStart')
  )
}
