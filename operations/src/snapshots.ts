import type postgres from 'postgres'
import type { Databases } from './databases.ts'

export type Line = { productId: number; quantity: number; price: string }

/** What order_db knows of a wish: `status` and its fellows only where it became an order. Sorted by `orderUid`. */
export type OrderFacts = {
  orderUid: string
  state: 'placing' | 'placed' | 'refused' | 'abandoned'
  orderId: number | null
  status: string | null
  stockState: string | null
  totalAmount: string | null
  lines: Line[]
}

/** What product_db decided for a wish. Sorted by `orderUid`. */
export type AllocationFacts = {
  orderUid: string
  verdict: 'held' | 'released' | 'rejected' | 'void'
  lines: Line[]
}

const rowsAtOnce = 500

/** Runs `read` on one instant of each database, read-only; the order database's instant comes first. */
export function inSnapshot<T>(
  { product, order }: Databases,
  read: (product: postgres.TransactionSql, order: postgres.TransactionSql) => Promise<T>,
): Promise<T> {
  const frozen = 'isolation level repeatable read read only'
  return order.begin(frozen, async (orderTx) => {
    await orderTx`select 1`
    return (await product.begin(frozen, (productTx) => read(productTx, orderTx))) as T
  }) as Promise<T>
}

export function readOrders(tx: postgres.TransactionSql): AsyncIterable<OrderFacts[]> {
  return tx<OrderFacts[]>`
    select p.order_uid as "orderUid", p.state, o.order_id as "orderId", o.status, o.stock_state as "stockState",
      o.total_amount::text as "totalAmount", coalesce(i.lines, '[]') as lines
    from placements p left join orders o using (order_uid)
    left join lateral (
      select json_agg(json_build_object('productId', product_id, 'quantity', quantity,
        'price', price_at_purchase::text) order by product_id) as lines
      from order_items where order_id = o.order_id) i on true
    order by p.order_uid`.cursor(rowsAtOnce) as AsyncIterable<OrderFacts[]>
}

export function readAllocations(tx: postgres.TransactionSql): AsyncIterable<AllocationFacts[]> {
  return tx<AllocationFacts[]>`
    select order_uid as "orderUid", verdict, coalesce(l.lines, '[]') as lines
    from allocations a left join lateral (
      select json_agg(json_build_object('productId', product_id, 'quantity', quantity,
        'price', unit_price::text) order by product_id) as lines
      from allocation_lines where order_uid = a.order_uid) l on true
    order by order_uid`.cursor(rowsAtOnce) as AsyncIterable<AllocationFacts[]>
}

/** Units per product in orders that were not cancelled, deleted ones included. */
export async function readSold(tx: postgres.TransactionSql): Promise<Map<number, number>> {
  const rows = await tx<{ productId: number; quantity: string }[]>`
    select product_id as "productId", sum(quantity) as quantity from order_items join orders using (order_id)
    where status <> 'cancelled' group by product_id`
  return new Map(rows.map(({ productId, quantity }) => [productId, Number(quantity)]))
}

/** Each product's stock, the sum of its movements (`ledger`), and of those among them that no order made (`counted`). */
export async function* readStock(tx: postgres.TransactionSql) {
  const pages = tx`
    select product_id, stock_quantity, count(movement_id) as movements, coalesce(sum(delta), 0) as ledger,
      coalesce(sum(delta) filter (where order_uid is null), 0) as counted
    from products left join stock_movements using (product_id) group by product_id order by product_id`
  for await (const rows of pages.cursor(rowsAtOnce)) {
    for (const row of rows) {
      yield {
        productId: Number(row.product_id),
        stockQuantity: Number(row.stock_quantity),
        movements: Number(row.movements),
        ledger: Number(row.ledger),
        counted: Number(row.counted),
      }
    }
  }
}
