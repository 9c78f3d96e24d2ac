import { type Database, inSnapshot } from './database.ts'

/** A wish as order_db knows it, with its order where it became one. Amounts are text of two decimals; times in ms. */
export type WishRow = {
  uid: string
  key: string
  state: 'placing' | 'placed' | 'refused' | 'abandoned'
  answerStatus: number | null
  answerDigest: string | null
  address: string | null
  createdAt: number
  /** Of the order: when it was last moved along or cancelled. */
  updatedAt: number | null
  orderId: number | null
  /** How many orders it became. */
  orders: number
  status: string | null
  stockState: string | null
  isDeleted: boolean
  total: string | null
  itemsTotal: string | null
  lines: string
  /** Of the products, in their order. */
  names: string | null
}

export type AllocationRow = {
  uid: string
  verdict: 'held' | 'released' | 'rejected' | 'void'
  lines: string
  names: string | null
  createdAt: number
}

export type MovementRow = {
  productId: number
  delta: number
  balance: number
  reason: string
  uid: string | null
  at: number
}

export type ProductRow = {
  id: number
  name: string
  stock: number
  price: string
  isDeleted: boolean
  hasPicture: boolean
}

export type OrderFacts = Map<string, WishRow>
export type ProductFacts = {
  products: Map<number, ProductRow>
  allocations: Map<string, AllocationRow>
  /** In the order in which they were entered. */
  movements: MovementRow[]
}

/** All that order_db holds at one instant, by `uid`. */
export async function readOrderFacts(db: Database): Promise<OrderFacts> {
  const rows = await inSnapshot(db, (client) => client.query<WishRow>(wishes))
  return new Map(rows.rows.map((row) => [row.uid, row]))
}

/** All that product_db holds at one instant. */
export function readProductFacts(db: Database): Promise<ProductFacts> {
  return inSnapshot(db, async (client) => {
    const found = await client.query<ProductRow>(products)
    const verdicts = await client.query<AllocationRow>(allocations)
    const ledger = await client.query<MovementRow>(movements)
    return {
      products: new Map(found.rows.map((row) => [row.id, row])),
      allocations: new Map(verdicts.rows.map((row) => [row.uid, row])),
      movements: ledger.rows,
    }
  })
}

const wishes = `
  with items as (
    select order_id, string_agg(product_id || '*' || quantity || '@' || price_at_purchase, ' ' order by product_id) as lines,
      string_agg(product_name, ', ' order by product_id) as names, sum(quantity * price_at_purchase)::numeric(20, 2) as total
    from order_items group by order_id)
  select p.order_uid as uid, p.key, p.state, p.answer_status as "answerStatus", md5(p.answer) as "answerDigest",
    coalesce(o.shipping_address, p.request ->> 'shippingAddress') as address,
    extract(epoch from p.created_at)::float8 * 1000 as "createdAt",
    extract(epoch from o.updated_at)::float8 * 1000 as "updatedAt", o.order_id as "orderId",
    count(o.order_id) over (partition by p.order_uid)::int as orders, o.status, o.stock_state as "stockState", o.deleted_at is not null as "isDeleted",
    o.total_amount::text as total, i.total::text as "itemsTotal", coalesce(i.lines, '') as lines, i.names
  from placements p left join orders o on o.order_uid = p.order_uid left join items i on i.order_id = o.order_id`

const products = `
  select product_id as id, name, stock_quantity::float8 as stock, price::text, deleted_at is not null as "isDeleted",
    image_stem is not null as "hasPicture"
  from products`

const allocations = `
  with lines as (
    select order_uid, string_agg(product_id || '*' || quantity || '@' || unit_price, ' ' order by product_id) as lines,
      string_agg(name, ', ' order by product_id) as names
    from allocation_lines group by order_uid)
  select a.order_uid as uid, verdict, coalesce(lines, '') as lines, names,
    extract(epoch from created_at)::float8 * 1000 as "createdAt"
  from allocations a left join lines l on l.order_uid = a.order_uid`

const movements = `
  select product_id as "productId", delta::float8, balance::float8, reason, order_uid as uid,
    extract(epoch from created_at)::float8 * 1000 as at
  from stock_movements order by movement_id`
