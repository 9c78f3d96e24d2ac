import { wait } from '../wait.ts'
import { judgeLongTransactions } from './connections.ts'
import { type Database, inSnapshot, isAway } from './database.ts'
import type { AddFinding, Finding } from './finding.ts'
import { judgeLeases } from './leases.ts'
import { Stocks } from './stocks.ts'

export type Sampler = { stop: () => Promise<void>; samples: () => number }

const longestTransactionSeconds = 20
const newestOrders = 200

/**
 * Looks at both databases again and again for what must hold at any moment, amid faults too: each stock is the sum of its
 * movements and not below zero, an order that stands has its stock held, no lease is longer than leases are, no transaction
 * is open for over 20 s. A database that is away is no finding.
 */
export function startSampler(
  { product, order, intervalMs = 500 }: { product: Database; order: Database; intervalMs?: number },
  onFinding: (finding: Finding) => void,
): Sampler {
  const stopping = new AbortController()
  const stocks = new Stocks()
  const told = new Set<string>()
  let samples = 0
  const add: AddFinding = (check, detail) => {
    if (!told.has(`${check}: ${detail}`)) onFinding({ check, detail })
    told.add(`${check}: ${detail}`)
  }
  const sample = async () => {
    await stocks.judge(product, add)
    await judgeNewestOrders(product, order, add)
    await judgeLeases(order, add)
    await judgeLongTransactions('product_db', product, longestTransactionSeconds, add)
    await judgeLongTransactions('order_db', order, longestTransactionSeconds, add)
    samples += 1
  }
  const sampling = (async () => {
    while (await wait(intervalMs, stopping.signal)) {
      await sample().catch((error: unknown) => {
        if (!isAway(error)) throw error
      })
    }
  })()
  // Whoever stops it hears of it.
  sampling.catch(() => {})
  return {
    samples: () => samples,
    stop: async () => {
      stopping.abort()
      await sampling
    },
  }
}

/** Of the newest orders, those that stand before and after product_db is asked must be held there. */
async function judgeNewestOrders(product: Database, order: Database, add: AddFinding): Promise<void> {
  const before = await standing(order)
  const verdicts = await inSnapshot(product, (client) =>
    client.query<{ uid: string; verdict: string }>(
      'select order_uid as uid, verdict from allocations where order_uid = any($1::uuid[])',
      [before],
    ),
  )
  const byUid = new Map(verdicts.rows.map(({ uid, verdict }) => [uid, verdict]))
  const suspects = before.filter((uid) => byUid.get(uid) !== 'held')
  if (suspects.length === 0) return
  for (const uid of await standing(order, suspects)) {
    add('I5', `Order ${uid} stands, and its verdict was ${byUid.get(uid) ?? 'none'} meanwhile.`)
  }
}

async function standing(order: Database, among?: string[]): Promise<string[]> {
  const { rows } = await inSnapshot(order, (client) =>
    client.query<{ uid: string }>(
      `select order_uid as uid from (
         select order_uid, status from orders where $1::uuid[] is null or order_uid = any($1)
         order by order_id desc limit $2) newest
       where status <> 'cancelled'`,
      [among ?? null, newestOrders],
    ),
  )
  return rows.map(({ uid }) => uid)
}
