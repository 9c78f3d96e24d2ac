import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { backUp } from '@tallyshop/operations/backup/back-up'
import { connectBoth, type Databases } from '@tallyshop/operations/databases'
import { type Difference, reconcile } from '@tallyshop/operations/reconcile'
import { repair } from '@tallyshop/operations/repair'
import { restore } from '@tallyshop/operations/restore/restore'
import { type History, type HistoryEvent, startHistory } from './history.ts'
import { type Load, startLoad } from './load/load.ts'
import { hurried } from './patches/hurried.ts'
import { createRandom } from './random.ts'
import { judgeRestored } from './restores/judge-restored.ts'
import { readKnown } from './restores/known.ts'
import { settle } from './settle.ts'
import type { Patch } from './shop/patched-backend.ts'
import { startTrialShop, type TrialShop } from './shop/shop.ts'

export type RestoreTrial = { sentence: string; findings: HistoryEvent[] }

export type RestoreOptions = {
  seed: number
  /** Each: which database, and to how long before. */
  rounds: { only: 'order_db' | 'product_db'; earlierMs: number }[]
  patches?: Patch[]
}

/** How long orders go on after each restore before what is left is judged. */
const afterMs = 4_000
const promisedMs = 30_000

/** As many as a run of so many seconds has room for, of each database in turn; long ones begin with the promised 30 s. */
export function roundsFor(seconds: number): RestoreOptions['rounds'] {
  const count = Math.min(20, Math.max(2, Math.round(seconds / 90)))
  return Array.from({ length: count }, (_, index) => ({
    only: index % 2 === 0 ? ('order_db' as const) : ('product_db' as const),
    earlierMs: seconds >= 600 && index < 2 ? 30_000 : 5_000,
  }))
}

/**
 * Restores one database alone to an earlier moment, again and again, under load, and then asks: is everything that was lost
 * named by `reconcile`, is every order since then right, is no stock figure wrong?
 */
export async function tryRestores(
  folder: string,
  { seed, rounds, patches = [] }: RestoreOptions,
  signal: AbortSignal,
): Promise<RestoreTrial[]> {
  const history = startHistory(join(folder, 'restores.jsonl'))
  const random = createRandom(`restores ${seed}`)
  const shop = await startTrialShop({
    folder: join(folder, 'restored-shop'),
    history,
    random,
    patches: [hurried, ...patches],
    replicas: 2,
  })
  const databases = connectBoth(shop.shopAddress.urls.product_db, shop.shopAddress.urls.order_db)
  const trials: RestoreTrial[] = []
  try {
    const { orderUrl, productUrl } = shop
    const load = await startLoad({ orderUrl, productUrl, clients: 8, random: random.fork('load'), history })
    const known = new Set<string>()
    for (const [index, round] of rounds.entries()) {
      if (signal.aborted) break
      const backup = join(folder, `backup-${index}`)
      trials.push(await tryRestore(round, { shop, databases, load, history, backup, known, signal }))
    }
    await load.stop()
    return trials
  } finally {
    await databases.end()
    await shop.stop()
    await history.close()
  }
}

type Site = {
  shop: TrialShop
  databases: Databases
  load: Load
  history: History
  backup: string
  /** What earlier restores have left to differ, and is for people to decide. */
  known: Set<string>
  signal: AbortSignal
}

async function tryRestore(
  { only, earlierMs }: RestoreOptions['rounds'][number],
  { shop, databases, load, history, backup, known, signal }: Site,
): Promise<RestoreTrial> {
  const seen = history.events.length
  await backUp(shop.shopAddress, backup, { signal })
  await sleep(earlierMs, undefined, { signal }).catch(() => {})
  const before = await readKnown(databases)
  history.record({ type: 'fault', fault: 'restored', on: only, phase: 'begin' })
  await restore(shop.shopAddress, backup, { force: true, only, underWayMs: 6_000, signal })
  history.record({ type: 'fault', fault: 'restored', on: only, phase: 'end' })
  const restoredAt = history.now()
  await sleep(afterMs, undefined, { signal }).catch(() => {})
  load.pauseNew()
  await settle(databases, history, restoredAt + afterMs, promisedMs)
  load.resumeNew()
  const { differences } = await reconcile(databases)
  const fresh = differences.filter(({ about }) => !known.has(about))
  const { lost, since, faults } = await judgeRestored({
    only,
    before,
    restoredAt,
    events: history.events,
    differences,
    databases,
  })
  for (const detail of faults) history.record({ type: 'finding', check: `restore of ${only}`, detail })
  const mended = await mend(databases, differences, history)
  for (const { about } of differences) known.add(about)
  return {
    sentence:
      `${only} to ${earlierMs / 1_000} s earlier: ${lost} orders fell apart, ${fresh.length} differences named by reconcile, ` +
      `${mended} mended by it; ${since} orders since, ${faults.length} findings`,
    findings: history.events.slice(seen).filter(({ type }) => type === 'finding'),
  }
}

/** What reconcile may mend it does: afterwards no cancelled order misses its stock. */
async function mend(databases: Databases, differences: Difference[], history: History): Promise<number> {
  const mended = await repair(databases, differences)
  await sleep(mended > 0 ? 3_000 : 0)
  const left = mended > 0 ? (await reconcile(databases)).differences : []
  for (const { kind, sentence } of left) {
    if (kind === 'not_returned') {
      history.record({ type: 'finding', check: 'reconcile --repair', detail: `Not mended: ${sentence}` })
    }
  }
  return mended
}
