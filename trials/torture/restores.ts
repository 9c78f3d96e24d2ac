import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { backUp } from '@tallyshop/operations/backup/back-up'
import { connectBoth, type Databases } from '@tallyshop/operations/databases'
import { type Difference, reconcile } from '@tallyshop/operations/reconcile'
import { repair } from '@tallyshop/operations/repair'
import { restore } from '@tallyshop/operations/restore/restore'
import { Findings } from './check/finding.ts'
import { judgeLogs } from './check/logs.ts'
import { judgeExits } from './check/processes.ts'
import { type History, type HistoryEvent, recordBreakOff, startHistory } from './history.ts'
import { type Load, startLoad } from './load/load.ts'
import { type Looks, openLooks } from './looks.ts'
import { hurried } from './patches/hurried.ts'
import { createRandom } from './random.ts'
import { judgeRestored } from './restores/judge-restored.ts'
import { settle } from './settle.ts'
import type { Patch } from './shop/patched-backend.ts'
import { startTrialShop, type TrialShop } from './shop/shop.ts'

export type RestoreTrial = {
  sentence: string
  findings: HistoryEvent[]
  /** It could not go on. */
  isOver?: boolean
}

export type RestoreOptions = {
  seed: number
  /** Each: which database, and to how long before. */
  rounds: { only: 'order_db' | 'product_db'; earlierMs: number }[]
  patches?: Patch[]
}

/** How long orders go on after each restore before what is left is judged. */
const afterMs = 4_000
/** Nothing else is wrong then: well within what is promised. */
const settledMs = 20_000
const clients = 8

/** As many as a run of so many seconds has room for, of each database in turn; long ones begin with the promised 30 s. */
export function roundsFor(seconds: number): RestoreOptions['rounds'] {
  const count = Math.min(20, Math.max(2, Math.round(seconds / 90)))
  return Array.from({ length: count }, (_, index) => ({
    only: index % 2 === 0 ? ('order_db' as const) : ('product_db' as const),
    earlierMs: seconds >= 600 && index < 2 ? 30_000 : 5_000,
  }))
}

/**
 * Restores one database alone to an earlier moment, again and again, under load, and then asks: is everything that fell apart
 * named by `reconcile`, is every order since then right, is no stock figure wrong?
 */
export async function tryRestores(
  folder: string,
  { seed, rounds, patches = [] }: RestoreOptions,
  signal: AbortSignal,
): Promise<RestoreTrial[]> {
  await using ends = new AsyncDisposableStack()
  mkdirSync(folder, { recursive: true })
  const history = startHistory(join(folder, 'restores.jsonl'))
  ends.defer(() => history.close())
  const random = createRandom(`restores ${seed}`)
  const shop = await startTrialShop({
    folder: join(folder, 'shop'),
    history,
    random,
    patches: [hurried, ...patches],
    replicas: 2,
  })
  ends.defer(() => shop.stop())
  const { orderUrl, productUrl, shopAddress } = shop
  const databases = connectBoth(shopAddress.urls.product_db, shopAddress.urls.order_db)
  ends.defer(() => databases.end())
  const looks = openLooks(shop)
  ends.defer(() => looks.end())
  const load = await startLoad({ orderUrl, productUrl, clients, random: random.fork('load'), history })
  ends.defer(() => load.stop(0))
  const site = { shop, databases, looks, load, history, known: new Set<string>(), signal }
  const trials: RestoreTrial[] = []
  for (const [index, round] of rounds.entries()) {
    const trial = await tryRestore(round, site, join(folder, `backup-${index + 1}`)).catch((error) =>
      breakOff(error, history),
    )
    trials.push(trial)
    if (trial.isOver || signal.aborted) break
  }
  return trials
}

/** What a trial that could not go on has to tell. */
function breakOff(error: unknown, history: History): RestoreTrial {
  recordBreakOff(history, error)
  return { sentence: 'broke off', findings: history.events.slice(-1), isOver: true }
}

type Site = {
  shop: TrialShop
  /** As reconcile and repair see them. */
  databases: Databases
  looks: Looks
  load: Load
  history: History
  /** What earlier restores have left to differ, and is for people to decide. */
  known: Set<string>
  signal: AbortSignal
}

async function tryRestore(
  { only, earlierMs }: RestoreOptions['rounds'][number],
  { shop, databases, looks, load, history, known, signal }: Site,
  backup: string,
): Promise<RestoreTrial> {
  const seen = history.events.length
  const note = (check: string, detail: string) => history.record({ type: 'finding', check, detail })
  await backUp(shop.shopAddress, backup, { signal })
  await sleep(earlierMs, undefined, { signal })
  history.record({ type: 'fault', fault: 'restored', on: only, phase: 'begin' })
  await restore(shop.shopAddress, backup, { force: true, only, underWayMs: 6_000, signal })
  history.record({ type: 'fault', fault: 'restored', on: only, phase: 'end' })
  const restoredAt = history.now()
  await sleep(afterMs, undefined, { signal })
  load.pauseNew()
  await settle({ looks, load, history }, history.now(), settledMs)
  const { differences } = await reconcile(databases)
  const judged = await judgeRestored({ only, restoredAt, events: history.events, differences, looks })
  for (const detail of judged.faults) note(`restore of ${only}`, detail)
  const mended = await mend(databases, differences, note)
  const logs = new Findings()
  judgeExits(history.events, logs.add)
  await judgeLogs(shop.logFiles, { secrets: shop.secrets, tokens: new Set() }, logs.add)
  for (const { check, detail } of logs.list()) note(check, detail)
  load.resumeNew()
  const fresh = differences.filter(({ about }) => !known.has(about))
  for (const { about } of differences) known.add(about)
  const findings = history.events.slice(seen).filter(({ type }) => type === 'finding')
  return {
    sentence:
      `${only} to ${earlierMs / 1_000} s earlier: ${fresh.length} differences named by reconcile, ${judged.unnamed} not named, ` +
      `${mended} mended by it; ${judged.since} orders since; ${findings.length} findings`,
    findings,
  }
}

/** What reconcile may mend it does: afterwards no cancelled order misses its stock. */
async function mend(
  databases: Databases,
  differences: Difference[],
  note: (check: string, detail: string) => void,
): Promise<number> {
  const mended = await repair(databases, differences)
  if (mended === 0) return 0
  await sleep(3_000)
  for (const { kind, sentence } of (await reconcile(databases)).differences) {
    if (kind === 'not_returned') note('reconcile --repair', `Not mended: ${sentence}`)
  }
  return mended
}
