import type { Difference } from '@tallyshop/operations/reconcile'
import type { HistoryEvent } from '../history.ts'
import type { Looks } from '../looks.ts'

export type Restored = {
  only: 'order_db' | 'product_db'
  restoredAt: number
  events: HistoryEvent[]
  /** As reconcile found them, while nothing moved. */
  differences: Difference[]
  looks: Pick<Looks, 'product' | 'order'>
}

/**
 * What is wrong after one database went back: what fell apart and reconcile does not name, figures of stock that do not add
 * up, and orders since then that are not what their buyers were told.
 */
export async function judgeRestored(
  restored: Restored,
): Promise<{ unnamed: number; since: number; faults: string[] }> {
  const { differences, looks } = restored
  const named = new Set(differences.flatMap(({ orderUid }) => (orderUid ? [orderUid] : [])))
  const unnamed = (await findTornApart(looks)).filter(({ orderUid }) => !named.has(orderUid))
  const stock = differences.filter(({ about }) => /^(stock|ledger) of product/.test(about))
  const { since, faults } = await judgeSince(restored)
  return {
    unnamed: unnamed.length,
    since,
    faults: [
      ...unnamed.slice(0, 5).map(({ orderUid, why }) => `${orderUid} ${why}, and is not named`),
      ...stock.map(({ sentence }) => sentence),
      ...faults,
    ],
  }
}

/** Stock that is held for an order that is gone, and orders that stand while their stock is not held any more. */
async function findTornApart({ product, order }: Restored['looks']) {
  const { rows: placements } = await order.query(
    'select order_uid, status from placements left join orders using (order_uid)',
  )
  const { rows: allocations } = await product.query('select order_uid, verdict from allocations')
  const known = new Set(placements.map(({ order_uid }) => order_uid))
  const held = new Set(
    allocations.flatMap(({ order_uid, verdict }) => (verdict === 'held' ? [order_uid] : [])),
  )
  return [
    ...[...held]
      .filter((uid) => !known.has(uid))
      .map((orderUid) => ({ orderUid, why: 'is held for nobody' })),
    ...placements
      .filter(({ order_uid, status }) => status !== null && status !== 'cancelled' && !held.has(order_uid))
      .map(({ order_uid: orderUid, status }) => ({ orderUid, why: `is ${status} and not held` })),
  ]
}

type Told = { status: number; total: number; lines: Map<number, number> }

/** Orders first sent after the restore: each stands as it was told, with what its buyer wanted, and its stock is held. */
async function judgeSince({ restoredAt, events, looks: { product, order } }: Restored) {
  const told = readTold(events, restoredAt)
  const addresses = [...told.keys()].map((operation) => `operation ${operation}`)
  const { rows: orders } = await order.query(
    `select order_uid, status, total_amount::float8 as total, shipping_address,
       (select json_object_agg(product_id, quantity) from order_items where order_items.order_id = orders.order_id) as lines
     from orders where shipping_address = any($1)`,
    [addresses],
  )
  const { rows: allocations } = await product.query(
    `select order_uid, verdict, json_object_agg(product_id, quantity) as lines
     from allocations left join allocation_lines using (order_uid) where order_uid = any($1::uuid[])
     group by order_uid, verdict`,
    [orders.map(({ order_uid }) => order_uid)],
  )
  const byUid = new Map(allocations.map((allocation) => [allocation.order_uid, allocation]))
  const faults: string[] = []
  for (const [operation, { total, lines }] of told) {
    const mine = orders.filter(({ shipping_address }) => shipping_address === `operation ${operation}`)
    const [standing] = mine
    const wanted = describe(lines)
    const allocation = byUid.get(standing?.order_uid)
    if (mine.length !== 1) faults.push(`operation ${operation} was told 201 and has ${mine.length} orders`)
    else if (standing.total !== total || describe(asMap(standing.lines)) !== wanted)
      faults.push(`operation ${operation} wanted ${wanted} and has ${describe(asMap(standing.lines))}`)
    else if (!allocation || describe(asMap(allocation.lines)) !== wanted)
      faults.push(
        `operation ${operation} wanted ${wanted} and got ${describe(asMap(allocation?.lines ?? {}))}`,
      )
    else if (standing.status !== 'cancelled' && allocation.verdict !== 'held')
      faults.push(`operation ${operation} is ${standing.status} and its verdict ${allocation.verdict}`)
  }
  return { since: told.size, faults: faults.slice(0, 10) }
}

function readTold(events: HistoryEvent[], since: number): Map<number, Told> {
  const first = new Map<number, number>()
  const calls = new Map<number, HistoryEvent & { type: 'call' }>()
  const told = new Map<number, Told>()
  for (const event of events) {
    if (event.type === 'call' && event.kind === 'order') {
      calls.set(event.call, event)
      if (!first.has(event.operation)) first.set(event.operation, event.at)
    }
    if (event.type !== 'answer' || event.status !== 201) continue
    const call = calls.get(event.call)
    if (!call || (first.get(call.operation) ?? 0) < since) continue
    const { items } = call.body as { items: { product_id: number; quantity: number }[] }
    const lines = new Map<number, number>()
    for (const { product_id, quantity } of items)
      lines.set(product_id, (lines.get(product_id) ?? 0) + quantity)
    told.set(call.operation, { status: 201, total: JSON.parse(event.text ?? '{}').total_amount, lines })
  }
  return told
}

function asMap(lines: Record<string, number>): Map<number, number> {
  return new Map(Object.entries(lines ?? {}).map(([productId, quantity]) => [Number(productId), quantity]))
}

function describe(lines: Map<number, number>): string {
  const sorted = [...lines].sort(([a], [b]) => a - b)
  return sorted.map(([productId, quantity]) => `${quantity} × ${productId}`).join(', ')
}
