import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { reconcile } from '@tallyshop/operations/reconcile'
import { repair } from '@tallyshop/operations/repair'
import { raw } from '@tallyshop/service-kit/postgres'
import { type BothServices, serviceAuthSecret, startBothServices } from './support/both-services.ts'
import { until } from './support/until.ts'

let shop: BothServices

before(async () => {
  shop = await startBothServices()
})

after(() => shop.stop())

async function placeOrder(quantity = 1) {
  const productId = await shop.createProduct(10)
  const items = [{ product_id: productId, quantity }]
  const placed = await shop.order.post('/orders/', { items })
  const orderId: number = placed.body.order_id
  const [row] = await shop.orderDb.sql`select order_uid from orders where order_id = ${orderId}`
  return { productId, orderId, orderUid: String(row?.orderUid) }
}

const pass = { pauseMs: 100 }

const sentences = async () =>
  (await reconcile(shop.databases, pass)).differences.map(({ sentence }) => sentence)

test('a shop with orders, cancellations, deletions and adjustments has no difference', async () => {
  const { orderId, productId } = await placeOrder(2)
  await placeOrder(3)
  await shop.order.patch(`/orders/${orderId}/status?new_status=cancelled`)
  await shop.product.post(`/products/${productId}/stock-adjustments`, { delta: -4, reason: 'broken' })
  const shipped = await placeOrder(1)
  await shop.order.patch(`/orders/${shipped.orderId}/status?new_status=shipped`)
  await shop.order.delete(`/orders/${shipped.orderId}`)
  await shop.order.post('/orders/', { items: [{ product_id: productId, quantity: 99 }] })
  const report = await reconcile(shop.databases, pass)
  assert.deepEqual(report.differences, [])
  assert.equal(report.orders, 3)
})

test('a stock that was changed behind the ledger is found', async () => {
  const productId = await shop.createProduct(10)
  await shop.productDb.sql`update products set stock_quantity = 11 where product_id = ${productId}`
  assert.deepEqual(await sentences(), [
    `Product ${productId} has 11 in stock, and its movements add up to 10.`,
    `Product ${productId} has 11 in stock, and 10 were counted and adjusted, of which 0 are held for orders.`,
  ])
  await shop.productDb.sql`update products set stock_quantity = 10 where product_id = ${productId}`
})

test('a stock that was changed behind the ledger is found while the shop is busy', async () => {
  const productId = await shop.createProduct(1000)
  await shop.productDb
    .sql`update products set stock_quantity = stock_quantity - 5 where product_id = ${productId}`
  const found = reconcile(shop.databases, { pauseMs: 300 })
  for (let i = 0; i < 20; i++) {
    await shop.order.post('/orders/', { items: [{ product_id: productId, quantity: 1 }] })
  }
  const { differences } = await found
  assert.deepEqual(
    differences.map(({ about }) => about),
    [`ledger of product ${productId}`, `stock of product ${productId}`],
  )
  await shop.productDb
    .sql`update products set stock_quantity = stock_quantity + 5 where product_id = ${productId}`
})

test('each of thousands of orders that stock is held for and nobody knows is named', async () => {
  const { sql } = shop.productDb
  const uids = Array.from({ length: 3_000 }, () => randomUUID())
  await sql`insert into allocations (order_uid, verdict) select uid, 'held' from unnest(${uids}::uuid[]) as uid`
  const { differences, unlisted } = await reconcile(shop.databases, pass)
  await sql`delete from allocations where order_uid = any(${uids}::uuid[])`
  assert.deepEqual(new Set(differences.map(({ orderUid }) => orderUid)), new Set(uids))
  assert.equal(unlisted, 0)
})

test('an order that does not settle is found, and one that has just begun is not', async () => {
  const orderUid = randomUUID()
  await shop.orderDb.sql`
    insert into placements (order_uid, key, request_hash, request, lease_until, created_at)
    values (${orderUid}, ${orderUid}, '', '{}', now() + interval '1 hour', now())`
  assert.deepEqual(await sentences(), [])
  await shop.orderDb
    .sql`update placements set created_at = now() - interval '1 day' where order_uid = ${orderUid}`
  assert.deepEqual(await sentences(), [
    `Placement ${orderUid} is being placed for 1440 minutes; no stock is held for it.`,
  ])
  await shop.orderDb.sql`delete from placements where order_uid = ${orderUid}`
})

test('stock that is held for an order nobody knows is found', async () => {
  const { orderId, orderUid } = await placeOrder()
  // As after a restore of order_db to a moment before the order.
  for (const table of ['order_history', 'order_items', 'orders']) {
    await shop.orderDb.sql`delete from ${raw(table)} where order_id = ${orderId}`
  }
  await shop.orderDb.sql`delete from placements where order_uid = ${orderUid}`
  const found = await sentences()
  assert.equal(found.length, 1)
  assert.match(
    found[0] ?? '',
    new RegExp(`^Stock is held for ${orderUid}, which the order service does not know`),
  )
  const headers = { authorization: `Bearer ${serviceAuthSecret}` }
  assert.equal((await shop.product.delete(`/internal/allocations/${orderUid}`, headers)).status, 200)
  assert.deepEqual(await sentences(), [])
})

test('an order whose total, lines or verdict differ is found by its number', async () => {
  const { orderId, orderUid, productId } = await placeOrder(2)
  const { sql } = shop.orderDb
  await sql`update orders set total_amount = 0.01 where order_id = ${orderId}`
  await sql`update order_items set price_at_purchase = 1, item_total = 2 where order_id = ${orderId}`
  assert.deepEqual(await sentences(), [
    `Order ${orderId} (${orderUid}) has the lines 2 × product ${productId} at 1.00; ` +
      `the product service allocated 2 × product ${productId} at 19.99.`,
    `Order ${orderId} (${orderUid}) has a total of 0.01; its items add up to 200 cents.`,
  ])
  await sql`update order_items set price_at_purchase = 19.99, item_total = 39.98 where order_id = ${orderId}`
  await sql`update orders set total_amount = 39.98 where order_id = ${orderId}`
})

test('a cancelled order whose stock did not come back is found, and repair returns it', async () => {
  const { orderId, orderUid, productId } = await placeOrder(4)
  // As after a restore of product_db to a moment before the cancellation.
  await shop.orderDb.sql`
    update orders set status = 'cancelled', stock_state = 'released' where order_id = ${orderId}`
  const { differences } = await reconcile(shop.databases, pass)
  assert.ok(
    differences.some((difference) => difference.kind === 'not_returned' && difference.orderUid === orderUid),
  )
  assert.equal(await repair(shop.databases, differences), 1)
  const stock = async () => (await shop.product.get(`/products/${productId}`)).body.stock_quantity
  await until(
    async () => (await stock()) === 10,
    10_000,
    () => 'the stock to come back',
  )
  assert.deepEqual(await sentences(), [])
})
