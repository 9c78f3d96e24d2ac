import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectBoth } from '@tallyshop/operations/databases'
import { type Report, reconcile } from '@tallyshop/operations/reconcile'
import { check } from './check/check.ts'
import { ours } from './check/database.ts'
import { carryOut } from './faults/carry-out.ts'
import { type History, type HistoryEvent, startHistory } from './history.ts'
import { type Load, startLoad } from './load/load.ts'
import { type Looks, openLooks } from './looks.ts'
import { crashPoints } from './patches/crash-points.ts'
import { hurried } from './patches/hurried.ts'
import type { Step } from './plan.ts'
import { createRandom } from './random.ts'
import { settle } from './settle.ts'
import type { Patch } from './shop/patched-backend.ts'
import { startTrialShop, type TrialShop } from './shop/shop.ts'
import { startWatch, type Watch } from './watch.ts'

export type RunOptions = {
  seconds: number
  seed: number
  clients: number
  plan: Step[]
  /** Besides those that every trial needs. */
  patches?: Patch[]
  /** Where the shop lives meanwhile, and its logs stay if they are wanted. */
  folder: string
  historyFile?: string
  /** Ends the trial at the first finding. */
  failFast?: boolean
  signal: AbortSignal
  progress?: (events: HistoryEvent[], shop: TrialShop) => void
}

export type Outcome = {
  events: HistoryEvent[]
  settledMs: number | undefined
  samples: number
  reconciled: string
}

/**
 * One trial: a shop, clients, what the plan does to it, then quiet, and all that can be said against its numbers. What is
 * found is in the history. Resolves when everything it started has ended.
 */
export async function run(options: RunOptions): Promise<Outcome> {
  const { seed, folder, historyFile, patches = [] } = options
  const history = startHistory(historyFile)
  history.record({ type: 'run', options: describe(options), plan: options.plan })
  const random = createRandom(seed)
  const shop = await startTrialShop({
    folder,
    history,
    random: random.fork('shop'),
    patches: [crashPoints, hurried, ...patches],
    replicas: 2,
  })
  const looks = openLooks(shop)
  try {
    return { events: history.events, ...(await tryIt(shop, looks, history, options)) }
  } finally {
    await looks.end()
    await shop.stop()
    await history.close()
  }
}

async function tryIt(shop: TrialShop, looks: Looks, history: History, options: RunOptions) {
  const random = createRandom(options.seed)
  const load = await startLoad({
    orderUrl: shop.orderUrl,
    productUrl: shop.productUrl,
    clients: options.clients,
    thinkMs,
    random: random.fork('load'),
    history,
  })
  const watch = startWatch({ looks, history, shop })
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const reporting = setInterval(() => {
    options.progress?.(history.events, shop)
    if (options.failFast && history.events.some(({ type }) => type === 'finding')) stop.abort()
  }, 1_000)
  try {
    const faults = carryOut(options.plan, { shop, history, random: random.fork('faults'), signal })
    await sleep(options.seconds * 1_000 - history.now(), undefined, { signal }).catch(() => {})
    await faults
    return await conclude(shop, looks, { history, load, watch, options })
  } finally {
    clearInterval(reporting)
    await watch.stop()
  }
}

type Running = { history: History; load: Load; watch: Watch; options: RunOptions }

/** Quiet, and then the books. */
async function conclude(shop: TrialShop, looks: Looks, { history, load, watch, options }: Running) {
  const lastFaultAt = history.now()
  await shop.untilServing()
  const [settledMs] = await Promise.all([settle(looks, history, lastFaultAt), load.stop()])
  await watch.stop()
  const found = options.failFast && history.events.some(({ type }) => type === 'finding')
  const report = found ? undefined : await askReconcile(shop)
  for (const { sentence } of report?.differences ?? []) {
    history.record({ type: 'finding', check: 'reconcile', detail: sentence })
  }
  const findings = await check({
    history,
    product: looks.product,
    order: looks.order,
    logFiles: shop.logFiles,
    secrets: shop.secrets,
  })
  for (const finding of findings) history.record({ type: 'finding', ...finding })
  await endInGoodOrder(shop, looks, history)
  const reconciled = report
    ? `${report.orders} orders, ${report.differences.length} differences`
    : 'not asked'
  return { settledMs, samples: watch.samples(), reconciled }
}

async function askReconcile({ shopAddress: { urls } }: TrialShop): Promise<Report> {
  const databases = connectBoth(urls.product_db, urls.order_db)
  return reconcile(databases).finally(databases.end)
}

/** Asked to end, each service does, with exit code 0, and leaves no connection behind. */
async function endInGoodOrder(shop: TrialShop, looks: Looks, history: History): Promise<void> {
  for (const { name, code } of await shop.stopServices()) {
    if (code !== 0) {
      history.record({ type: 'finding', check: 'stop', detail: `${name} ended with ${code} on SIGTERM` })
    }
  }
  for (const [name, database] of [
    ['product-db', looks.product],
    ['order-db', looks.order],
  ] as const) {
    const { rows } = await database.query(
      `select application_name, state from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name <> $1`,
      [ours],
    )
    if (rows.length > 0) {
      const detail = `${rows.length} connections of ${name} outlive the services: ${JSON.stringify(rows.slice(0, 3))}`
      history.record({ type: 'finding', check: 'connections', detail })
    }
  }
}

function describe({ seconds, seed, clients, patches = [] }: RunOptions): Record<string, unknown> {
  return { seconds, seed, clients, patches: patches.map(({ name }) => name) }
}

/** Clients that never paused would leave the processor nothing for whoever starts again. */
const thinkMs = 250

/** Where a run keeps what it leaves behind. */
export function historyFileIn(folder: string): string {
  return join(folder, 'history.jsonl')
}
