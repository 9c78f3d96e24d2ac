import { join } from 'node:path'
import { reconcileShop } from '@tallyshop/operations/reconcile'
import { checkAndCount, type Figures } from './check/check.ts'
import { ours } from './check/database.ts'
import { carryOut } from './faults/carry-out.ts'
import { type History, type HistoryEvent, recordBreakOff, startHistory } from './history.ts'
import { type Load, startLoad } from './load/load.ts'
import { type Looks, openLooks } from './looks.ts'
import { crashPoints } from './patches/crash-points.ts'
import { hurried } from './patches/hurried.ts'
import type { FaultGroup, Step } from './plan.ts'
import { createRandom } from './random.ts'
import { settle } from './settle.ts'
import type { Patch } from './shop/patched-backend.ts'
import { startTrialShop, type TrialShop } from './shop/shop.ts'
import { wait } from './wait.ts'
import { startWatch, type Watch } from './watch.ts'

export type RunOptions = {
  seconds: number
  seed: number
  clients: number
  /** What the plan was made of, for whoever runs it again. */
  faults?: FaultGroup[]
  plan: Step[]
  /** Besides those that every trial needs. */
  patches?: Patch[]
  /** Where the shop lives meanwhile. */
  folder: string
  historyFile?: string
  /** Ends the trial as soon as one of these checks finds something. */
  endAt?: string[]
  signal: AbortSignal
  progress?: (events: HistoryEvent[], shop: TrialShop) => void
}

export type Outcome = {
  events: HistoryEvent[]
  settledMs: number | undefined
  /** How often both databases were looked at amid the faults. */
  samples: number
  reconciled: string
  figures: Figures | undefined
}

/**
 * One trial: a shop, clients, what the plan does to it, then quiet, and all that can be said against its numbers. What is
 * found is in the history, and so is why the trial itself could not go on. Resolves when everything it started has ended.
 */
export async function run(options: RunOptions): Promise<Outcome> {
  const { seed, folder, historyFile, patches = [] } = options
  const history = startHistory(historyFile)
  history.record({ type: 'run', options: describe(options), plan: options.plan })
  const outcome: Outcome = {
    events: history.events,
    settledMs: undefined,
    samples: 0,
    reconciled: 'not asked',
    figures: undefined,
  }
  try {
    await using ends = new AsyncDisposableStack()
    const shop = await startTrialShop({
      folder,
      history,
      random: createRandom(seed).fork('shop'),
      patches: [crashPoints, hurried, ...patches],
      replicas: 2,
    })
    ends.defer(() => shop.stop())
    const looks = openLooks(shop)
    ends.defer(() => looks.end())
    await tryIt({ shop, looks, history, options }, outcome)
  } catch (error) {
    recordBreakOff(history, error)
  }
  await history.close()
  return outcome
}

type Site = { shop: TrialShop; looks: Looks; history: History; options: RunOptions }

async function tryIt(site: Site, outcome: Outcome): Promise<void> {
  const { shop, looks, history, options } = site
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
    if (hasFound(history, options)) stop.abort()
  }, 1_000)
  try {
    const faults = carryOut(options.plan, { shop, history, random: random.fork('faults'), signal })
    await wait(options.seconds * 1_000 - history.now(), signal)
    await faults
    await comeToRest(site, { load, watch, signal }, outcome)
    await judge(site, outcome)
  } finally {
    clearInterval(reporting)
    await load.stop(0).catch(() => {})
    await watch.stop().catch(() => {})
  }
}

type Running = { load: Load; watch: Watch; signal: AbortSignal }

/** No more faults: everything is settled. A long trial then goes on without any, so that growth of memory would show. */
async function comeToRest({ shop, looks, history, options }: Site, running: Running, outcome: Outcome) {
  const { load, watch, signal } = running
  const lastFaultAt = history.now()
  await shop.untilServing()
  load.pauseNew()
  if (hasFound(history, options)) return load.stop(0)
  outcome.settledMs = await settle({ looks, load, history }, lastFaultAt)
  outcome.samples = watch.samples()
  if (options.seconds >= longSeconds) {
    load.resumeNew()
    await wait(calmMs, signal)
  }
  await load.stop()
  await watch.stop()
  if (!signal.aborted && watch.samples() < options.seconds / 5) {
    const detail = `The databases were looked at ${watch.samples()} times in ${options.seconds} s.`
    history.record({ type: 'finding', check: 'trial', detail })
  }
}

/** The books. */
async function judge({ shop, looks, history, options }: Site, outcome: Outcome): Promise<void> {
  if (!hasFound(history, options)) {
    const { orders, differences } = await reconcileShop(shop.shopAddress, async (report) => report)
    outcome.reconciled = `${orders} orders, ${differences.length} differences`
    for (const { sentence } of differences) {
      history.record({ type: 'finding', check: 'reconcile', detail: sentence })
    }
  }
  const { product, order } = looks
  const { logFiles, secrets } = shop
  const { findings, figures } = await checkAndCount({ history, product, order, logFiles, secrets })
  outcome.figures = figures
  for (const finding of findings) history.record({ type: 'finding', ...finding })
  await endInGoodOrder(shop, looks, history)
}

function hasFound({ events }: History, { endAt = [] }: RunOptions): boolean {
  return endAt.length > 0 && events.some((event) => event.type === 'finding' && endAt.includes(event.check))
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

function describe({ seconds, seed, clients, faults, patches = [] }: RunOptions): Record<string, unknown> {
  return { seconds, seed, clients, faults, patches: patches.map(({ name }) => name) }
}

/** Clients that never paused would leave the processor nothing for whoever starts again. */
const thinkMs = 250

/** From here on a trial has a calm end, long enough for the check of growing memory. */
const longSeconds = 600
const calmMs = 150_000

/** Where a run keeps what it leaves behind. */
export function historyFileIn(folder: string): string {
  return join(folder, 'history.jsonl')
}
