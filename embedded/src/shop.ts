import { join } from 'node:path'
import { type Addresses, chooseAddresses } from './addresses.ts'
import { type BlobStore, startAzurite } from './azurite.ts'
import { CannotStart } from './cannot-start.ts'
import type { ShopConfig } from './config.ts'
import { prepareDataFolder } from './data-folder.ts'
import { type RunningShop, takeLock } from './lock.ts'
import { openLogs } from './logs.ts'
import { type RunningDatabase, startPostgres } from './postgres.ts'
import { Processes } from './processes.ts'
import { startProgram } from './programs.ts'
import { getSecrets } from './secrets.ts'
import type { Steps } from './steps.ts'
import { frontVariables, orderVariables, productVariables, sharedVariables } from './variables.ts'

export type Shop = {
  urls: RunningShop['urls']
  /** The pages from this machine, whatever PUBLIC_URL calls them. */
  directUrl: string
  oneEnded: Promise<never>
  stop: () => Promise<void>
}
type Home = { config: ShopConfig; steps: Steps; processes: Processes; logFile: (name: string) => string }

/** No one is stopped before those who need it; a group has until then, counted from the beginning of the stop. */
const stopOrder = [
  { names: ['front'], untilMs: 1200 },
  { names: ['order service'], untilMs: 2200 },
  { names: ['product service'], untilMs: 3000 },
  { names: ['product database', 'order database', 'picture store'], untilMs: 4500 },
]

/** Starts the whole shop or nothing: when a step fails or `interrupted` aborts, all that runs is stopped again. */
export async function startShop(asked: ShopConfig, steps: Steps, interrupted: AbortSignal): Promise<Shop> {
  const config = { ...asked, dataDir: prepareDataFolder(asked.dataDir) }
  const lock = await takeLock(config.dataDir)
  const logs = openLogs(join(config.dataDir, 'logs'))
  const processes = new Processes()
  const stop = async () => {
    await processes.stop(stopOrder)
    logs.close()
    await lock.release()
  }
  try {
    const home = { config, steps, processes, logFile: logs.fileFor }
    const { running, directUrl } = await Promise.race([
      startAll(home),
      processes.oneEnded,
      whenAborted(interrupted),
    ])
    lock.tell(running)
    return { urls: running.urls, directUrl, oneEnded: processes.oneEnded, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startAll(home: Home): Promise<{ running: RunningShop; directUrl: string }> {
  const { config } = home
  const addresses = await chooseAddresses(config)
  const facts = { config, addresses, secrets: getSecrets(config.dataDir, config.environment) }

  const startingStore = config.azureAccountConfigured
    ? undefined
    : startStore(home, facts.secrets.azuriteAccountKey)
  const productService = async () => {
    const [database, store] = await Promise.all([startDatabase(home, 'product', 'products'), startingStore])
    await startService(home, 'product', addresses, productVariables(facts, database, store))
    return database
  }
  const orderService = async () => {
    const database = await startDatabase(home, 'order', 'orders')
    await startService(home, 'order', addresses, orderVariables(facts, database))
    return database
  }
  const front = async () => startFront(home, addresses, frontVariables(facts, await startingStore))

  const [productDatabase, orderDatabase] = await Promise.all([productService(), orderService(), front()])
  const pictureStore = await startingStore
  const running = {
    urls: addresses.public,
    productDatabase,
    orderDatabase,
    ...(pictureStore && { pictureStore }),
  }
  return { running, directUrl: addresses.direct.shop }
}

function startDatabase(home: Home, owner: string, database: string): Promise<RunningDatabase> {
  const name = `${owner} database`
  const folder = join(home.config.dataDir, `${owner}_db`)
  return home.steps.step(name, async () => {
    const spec = { name, folder, database, password: 'postgres', logFile: home.logFile(name), durable: true }
    const server = await startPostgres(spec, (child) => home.processes.begin(child))
    home.processes.needs(server.process)
    return {
      result: server.database,
      note: `port ${server.database.port}${server.created ? ', created' : ''}`,
    }
  })
}

function startStore(home: Home, accountKey: string): Promise<BlobStore> {
  const name = 'picture store'
  const folder = join(home.config.dataDir, 'pictures')
  return home.steps.step(name, async () => {
    const spec = {
      folder,
      accountKey,
      logFile: home.logFile(name),
      environment: sharedVariables(home.config),
    }
    const azurite = await startAzurite(spec, (child) => home.processes.begin(child))
    home.processes.needs(azurite.process)
    return { result: azurite.store }
  })
}

function startService(
  home: Home,
  owner: 'product' | 'order',
  addresses: Addresses,
  variables: Record<string, string>,
) {
  const name = `${owner} service`
  const main = `backend/${owner}_service/src/main.ts`
  return home.steps.step(name, async () => {
    const spec = {
      name,
      main,
      readyUrl: `${addresses.direct[owner]}/readyz`,
      variables,
      logFile: home.logFile(name),
    }
    return { result: await startProgram(spec, home.processes) }
  })
}

function startFront(home: Home, addresses: Addresses, variables: Record<string, string>) {
  return home.steps.step('front', async () => {
    const spec = {
      name: 'front',
      main: 'embedded/src/front/main.ts',
      readyUrl: addresses.direct.shop,
      variables,
    }
    return { result: await startProgram({ ...spec, logFile: home.logFile('front') }, home.processes) }
  })
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new CannotStart('Stopped before the shop was ready.'))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
