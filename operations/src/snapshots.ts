import type pg from 'pg'
import type { Databases } from './databases.ts'

export type Line = { productId: number; quantity: number; price: string }

/** What order_db knows of a wish: `status` and its fellows only where it became an order. */
export type OrderFacts = {
  orderUid: string
  state: 'placing' | 'placed' | 'refused' | 'abandoned'
  orderId: number | null
  status: string | null
  stockState: string | null
  totalAmount: string | null
  lines: Line[]
  /** Since it was begun, or cancelled; meaningful only while it is not settled. */
  unsettledSeconds: number
}

/** What product_db decided for a wish. */
export type AllocationFacts = {
  orderUid: string
  verdict: 'held' | 'released' | 'rejected' | 'void'
  lines: Line[]
}

const rowsAtOnce = 500
const beforeAllUids = '00000000-0000-0000-0000-000000000000'

/** Runs `read` on one instant of each database, read-only; the order database's instant comes first. */
export function inSnapshot<Result>(
  { product, order }: Databases,
  read: (product: pg.ClientBase, order: pg.ClientBase) => Promise<Result>,
): Promise<Result> {
  return frozen(order, (orderDb) => frozen(product, (productDb) => read(productDb, orderDb)))
}

/** All wishes, sorted by `orderUid`. */
export function readOrders(db: pg.ClientBase): AsyncGenerator<OrderFacts> {
  return byUid<OrderFacts>(
    db,
    `select p.order_uid as "orderUid", p.state, o.order_id as "orderId", o.status, o.stock_state as "stockState",
       o.total_amount::text as "totalAmount", coalesce(i.lines, '[]') as lines,
       extract(epoch from now() - coalesce(o.updated_at, p.created_at))::float8 as "unsettledSeconds"
     from placements p left join orders o using (order_uid)
     left join lateral (
       select json_agg(json_build_object('productId', product_id, 'quantity', quantity,
         'price', price_at_purchase::text) order by product_id) as lines
       from order_items where order_id = o.order_id) i on true
     where p.order_uid > $1 order by p.order_uid limit $2`,
  )
}

/** All verdicts, sorted by `orderUid`. */
export function readAllocations(db: pg.ClientBase): AsyncGenerator<AllocationFacts> {
  return byUid<AllocationFacts>(
    db,
    `select order_uid as "orderUid", verdict, coalesce(l.lines, '[]') as lines
     from allocations a left join lateral (
       select json_agg(json_build_object('productId', product_id, 'quantity', quantity,
         'price', unit_price::text) order by product_id) as lines
       from allocation_lines where order_uid = a.order_uid) l on true
     where order_uid > $1 order by order_uid limit $2`,
  )
}

export type StockFacts = {
  productId: number
  stockQuantity: number
  movements: number
  /** The sum of all movements. */
  ledger: number
  /** The sum of those that no order made. */
  counted: number
  /** Units that allocations hold. */
  held: number
}

export async function readStock(db: pg.ClientBase): Promise<StockFacts[]> {
  const { rows } = await db.query<StockFacts>(
    `select product_id as "productId", stock_quantity::float8 as "stockQuantity",
       count(movement_id)::float8 as movements, coalesce(sum(delta), 0)::float8 as ledger,
       coalesce(sum(delta) filter (where order_uid is null), 0)::float8 as counted,
       coalesce(h.held, 0)::float8 as held
     from products left join stock_movements using (product_id)
     left join (
       select product_id, sum(quantity) as held from allocation_lines join allocations using (order_uid)
       where verdict = 'held' group by product_id) h using (product_id)
     group by product_id, h.held order by product_id`,
  )
  return rows
}

/** Walks the rows of a statement that pages by `orderUid`, one page at a time, however many there are. */
async function* byUid<Row extends { orderUid: string }>(
  db: pg.ClientBase,
  text: string,
): AsyncGenerator<Row> {
  for (let last = beforeAllUids; ; ) {
    const { rows } = await db.query<Row>(text, [last, rowsAtOnce])
    yield* rows
    const next = rows.at(-1)?.orderUid
    if (next === undefined || rows.length < rowsAtOnce) return
    last = next
  }
}

async function frozen<Result>(pool: pg.Pool, read: (db: pg.ClientBase) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    // The snapshot is taken by the first statement.
    await client.query('select 1')
    return await read(client)
  } finally {
    await client.query('rollback').catch(() => {})
    client.release()
  }
}
