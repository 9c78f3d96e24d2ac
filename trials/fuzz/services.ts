import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { becomesReady, type RunningProcess } from '@tallyshop/embedded/child-process'
import { findFreePorts } from '@tallyshop/embedded/ports'
import { startScratch } from '@tallyshop/embedded/scratch'
import { connectBoth, type Databases, databaseUrl } from '@tallyshop/operations/databases'
import { type Client, createClient } from '@tallyshop/service-kit/test-support/http'
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '@tallyshop/service-kit/test-support/scratch-database'

export type Service = {
  client: Client
  /** In MB, now and at most so far; undefined where the system does not tell. */
  memory: () => { now: number; most: number } | undefined
  logLines: () => string[]
}

export type Services = {
  product: Service
  order: Service
  productDb: ScratchDatabase
  orderDb: ScratchDatabase
  /** As `reconcile` sees them. */
  databases: Databases
  secret: string
  stop: () => Promise<void>
}

type Environment = Record<string, string | undefined>

const home = fileURLToPath(new URL('../../', import.meta.url))
const secret = 'a secret of this trial only'
/** Left alone, V8 takes what the machine has before it tidies up; so what is never let go of ends the process. */
const heapLimit = '--max-old-space-size=128'

/** Both services as processes of their own, as in production, over empty databases and the blob store of `environment`. */
export async function startServices(environment: Environment): Promise<Services> {
  const [productDb, orderDb] = await Promise.all([createScratchDatabase(), createScratchDatabase()])
  const databases = connectBoth(databaseUrl(productDb.config), databaseUrl(orderDb.config))
  const [productPort = 0, orderPort = 0] = await findFreePorts(2)
  const productUrl = `http://127.0.0.1:${productPort}`
  const common = {
    ...environment,
    NODE_OPTIONS: heapLimit,
    SERVICE_AUTH_SECRET: secret,
    ORDER_TOKEN_SECRET: secret,
    POSTGRES_SCRATCH: 'true',
  }
  const processes = [
    startService('product', { ...common, POSTGRES_DB: productDb.config.database, PORT: String(productPort) }),
    startService('order', {
      ...common,
      POSTGRES_DB: orderDb.config.database,
      PORT: String(orderPort),
      PRODUCT_SERVICE_URL: productUrl,
    }),
  ]
  const stop = async () => {
    await Promise.allSettled(processes.map(async (started) => (await started).stop()))
    await databases.end()
    await Promise.all([productDb.drop(), orderDb.drop()])
  }
  try {
    const [product, order] = await Promise.all(processes)
    if (!product || !order) throw new Error('A service is missing.')
    return { product, order, productDb, orderDb, databases, secret, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startService(
  name: string,
  environment: Environment,
): Promise<Service & { stop: () => Promise<void> }> {
  const client = createClient(`http://127.0.0.1:${environment.PORT}`)
  return startScratch(name, async ({ logFile, begin }) => {
    const child = begin({
      name,
      command: [process.execPath, `${home}backend/${name}_service/src/main.ts`],
      environment: definedOnly(environment),
      logFile,
      stopSignal: 'SIGTERM',
      deathSignal: 'SIGKILL',
    })
    const logLines = () => readFileSync(logFile, 'utf8').split('\n').filter(Boolean)
    const isReady = async () => (await client.get('/readyz').catch(() => undefined))?.status === 200
    if (!(await becomesReady(child, isReady, 30_000))) {
      throw new Error(`The ${name} service does not start:\n${logLines().slice(-5).join('\n')}`)
    }
    return { client, memory: () => memoryOf(child), logLines }
  })
}

function memoryOf({ pid }: RunningProcess): { now: number; most: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const megabytes = (name: string) =>
      Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024)
    return { now: megabytes('VmRSS'), most: megabytes('VmHWM') }
  } catch {
    return undefined
  }
}

function definedOnly(environment: Environment): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return Object.fromEntries(entries)
}
