import type { Databases } from './databases.ts'
import type { Difference } from './reconcile.ts'

/**
 * Mends what is safe to mend: an order that is cancelled and whose stock did not come back (product_db was restored to an
 * earlier moment) is noted for release again, which the order service's sweeper carries out. Returns how many.
 */
export async function repair({ order }: Databases, differences: Difference[]): Promise<number> {
  const uids = differences.flatMap(({ kind, orderUid }) =>
    kind === 'not_returned' && orderUid ? [orderUid] : [],
  )
  if (uids.length === 0) return 0
  const { rowCount } = await order.query(
    `update orders set stock_state = 'release_due', release_after = now()
     where order_uid = any($1::uuid[]) and status = 'cancelled' and stock_state = 'released'`,
    [uids],
  )
  return rowCount ?? 0
}
