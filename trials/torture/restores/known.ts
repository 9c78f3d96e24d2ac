import type { Databases } from '@tallyshop/operations/databases'

/** What both databases knew of one order. */
export type Known = { orderUid: string; status: string | null; state: string; verdict: string | null }

/** Every order that either database knows; the two are read one after the other. */
export async function readKnown({ product, order }: Databases): Promise<Map<string, Known>> {
  const { rows: placements } = await order.query(
    `select order_uid, state, status from placements left join orders using (order_uid)`,
  )
  const { rows: allocations } = await product.query(`select order_uid, verdict from allocations`)
  const verdicts = new Map(allocations.map(({ order_uid, verdict }) => [order_uid, verdict]))
  return new Map(
    placements.map(({ order_uid: orderUid, state, status }) => [
      orderUid,
      { orderUid, state, status, verdict: verdicts.get(orderUid) ?? null },
    ]),
  )
}
