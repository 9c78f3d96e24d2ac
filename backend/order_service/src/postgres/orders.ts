import { fragment, type Sql, type Transaction } from '@tallyshop/service-kit/postgres'
import { MoveNotAllowed, OrderNotFound } from '../domain/errors.ts'
import {
  type NewItem,
  type Order,
  type OrderItem,
  type OrderStatus,
  orderTotal,
  type StockState,
  sourcesOf,
} from '../domain/order.ts'
import type { Wish } from '../domain/placement.ts'

export type NewOrder = {
  orderUid: string
  wish: Wish
  items: NewItem[]
  status: OrderStatus
  stockState: StockState
}

/** Writes an order with its items and the first line of its history. */
export async function insertOrder(tx: Transaction, { orderUid, wish, items, status, stockState }: NewOrder) {
  const { userId, shippingAddress, actor } = wish
  const [order] = await tx<[Row]>`
    insert into orders (order_uid, user_id, shipping_address, status, stock_state, total_amount)
    values (${orderUid}, ${userId}, ${shippingAddress}, ${status}, ${stockState}, ${orderTotal(items)})
    returning ${orderColumns}`
  const { orderId } = order
  const written = await tx<OrderItem[]>`
    insert into order_items (order_id, product_id, product_name, quantity, price_at_purchase, item_total)
    select ${orderId}, "productId", "productName", quantity, "priceAtPurchase", "itemTotal"
    from jsonb_to_recordset(${JSON.stringify(items)}) as item
      ("productId" int, "productName" text, quantity int, "priceAtPurchase" numeric, "itemTotal" numeric)
    returning ${itemColumns}`
  await recordEvent(tx, orderId, status, actor)
  return { ...order, items: [...written] }
}

export type OrderQuery = {
  skip: number
  limit: number
  after?: number
  user_id?: number
  status?: OrderStatus
  order_uid?: string
}

/** Up to `limit` orders, newest first, those before order `after` where it is given. */
export async function listOrders(sql: Transaction, query: OrderQuery): Promise<Order[]> {
  const orders = await sql<Row[]>`
    select ${orderColumns} from orders where deleted_at is null
    ${query.after === undefined ? fragment`` : fragment`and order_id < ${query.after}`}
    ${query.user_id === undefined ? fragment`` : fragment`and user_id = ${query.user_id}`}
    ${query.status === undefined ? fragment`` : fragment`and status = ${query.status}`}
    ${query.order_uid === undefined ? fragment`` : fragment`and order_uid = ${query.order_uid}`}
    order by order_id desc limit ${query.limit} offset ${query.skip}`
  return withItems(sql, orders)
}

/** The order with its items, unless it was deleted. Throws OrderNotFound. */
export async function getOrder(sql: Transaction, orderId: number): Promise<Order> {
  const orders = await sql<Row[]>`
    select ${orderColumns} from orders where order_id = ${orderId} and deleted_at is null`
  const [order] = await withItems(sql, orders)
  if (!order) throw new OrderNotFound()
  return order
}

/**
 * Moves an order to `status` by one guarded statement and returns it; cancelling makes its stock due for release. A
 * status it has already changes nothing. Throws OrderNotFound or MoveNotAllowed.
 */
export async function moveOrder(
  sql: Sql,
  orderId: number,
  status: OrderStatus,
  actor: string,
): Promise<Order> {
  return sql.begin(async (tx) => {
    const moved = await move(tx, orderId, status, actor)
    const order = await getOrder(tx, orderId)
    if (!moved && order.status !== status) throw new MoveNotAllowed(order.status, status)
    return order
  })
}

/**
 * Hides an order for good. One that is pending or processing is cancelled in the same transaction, so that its stock
 * returns; what was shipped stays sold. Throws OrderNotFound.
 */
export async function deleteOrder(sql: Sql, orderId: number, actor: string) {
  return sql.begin(async (tx) => {
    await move(tx, orderId, 'cancelled', actor)
    const [order] = await tx<Pick<Order, 'orderUid' | 'stockState'>[]>`
      update orders set deleted_at = now(), updated_at = now()
      where order_id = ${orderId} and deleted_at is null returning order_uid, stock_state`
    if (!order) throw new OrderNotFound()
    await recordEvent(tx, orderId, 'deleted', actor)
    return order
  })
}

/** The releases that are due, in the database; a claim that fails comes up again, later each time, at most 5 s. */
export function createReleases(sql: Sql) {
  return {
    async markReleased(orderUid: string): Promise<void> {
      await sql`
        update orders set stock_state = 'released' where order_uid = ${orderUid} and stock_state = 'release_due'`
    },

    async claimReleaseDue(limit: number) {
      return sql<{ orderUid: string; stockState: 'release_due' }[]>`
        update orders set release_attempts = release_attempts + 1,
          release_after = now() + (0.5 + random() / 2)
            * least(interval '5 s', interval '500 ms' * power(2, least(release_attempts, 4)))
        where order_id in (
          select order_id from orders where stock_state = 'release_due' and release_after <= now()
          order by release_after limit ${limit} for update skip locked)
        returning order_uid, stock_state`
    },
  }
}

/** True where the order's status led to the wanted one, which it has from now on. */
async function move(tx: Transaction, orderId: number, status: OrderStatus, actor: string): Promise<boolean> {
  const { count } = await tx`
    update orders set status = ${status}, updated_at = now(),
      stock_state = case when ${status} = 'cancelled' and stock_state = 'held' then 'release_due' else stock_state end
    where order_id = ${orderId} and deleted_at is null and status = any(${sourcesOf(status)})`
  if (count === 1) await recordEvent(tx, orderId, status, actor)
  return count === 1
}

type Row = Omit<Order, 'items'>

async function withItems(sql: Transaction, orders: Row[]): Promise<Order[]> {
  if (orders.length === 0) return []
  const orderIds = orders.map(({ orderId }) => orderId)
  const items = await sql<OrderItem[]>`
    select ${itemColumns} from order_items where order_id = any(${orderIds}::int[]) order by order_item_id`
  const byOrder = Map.groupBy(items, ({ orderId }) => orderId)
  return orders.map((order) => ({ ...order, items: byOrder.get(order.orderId) ?? [] }))
}

async function recordEvent(tx: Transaction, orderId: number, event: string, actor: string): Promise<void> {
  await tx`insert into order_history (order_id, event, actor) values (${orderId}, ${event}, ${actor})`
}

const orderColumns = fragment`order_id, order_uid, user_id, status, stock_state, total_amount, shipping_address,
  order_date, created_at, updated_at`

const itemColumns = fragment`order_item_id, order_id, product_id, product_name, quantity, price_at_purchase, item_total,
  created_at, updated_at`
