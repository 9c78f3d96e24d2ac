import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, test } from 'node:test'
import { assertBooksAgree } from './books.ts'
import { line, openSuite, orderTokenSecret } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake } = suite
const largestPrice = 99_999_999.99

test('an order is placed: 201 with its lines, its total and its token, and the stock is taken', async () => {
  const mug = fake.addProduct({ name: 'Mug', price: 19.99, stock: 5 })
  const answer = await client.post('/orders/', { shipping_address: '1 Lane', items: [line(mug, 3)] })
  assert.equal(answer.status, 201)
  const { order_id, order_date, created_at, order_token, items, ...rest } = answer.body
  assert.deepEqual(rest, {
    user_id: null,
    status: 'pending',
    total_amount: 59.97,
    shipping_address: '1 Lane',
    updated_at: null,
  })
  const [{ order_item_id, created_at: written, ...item }] = items
  assert.deepEqual(item, {
    order_id,
    product_id: mug,
    product_name: 'Mug',
    quantity: 3,
    price_at_purchase: 19.99,
    item_total: 59.97,
    updated_at: null,
  })
  assert.ok(Number.isInteger(order_item_id) && order_item_id > 0)
  for (const time of [order_date, created_at, written]) assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.equal(order_token.length, 43)
  assert.equal(fake.stockOf(mug), 2)
  const { body } = await client.get(`/orders/${order_id}`)
  const { order_token: _, ...told } = answer.body
  assert.deepEqual(body, told)
})

test('the answer is JSON, is not to be cached and carries a key that was made for it', async () => {
  const { headers } = await client.post('/orders', { items: [line(fake.addProduct())] })
  assert.match(headers['content-type'] ?? '', /^application\/json/)
  assert.equal(headers['cache-control'], 'no-store')
  assert.match(String(headers['idempotency-key']), /^[\da-f]{8}-/)
})

test('the token is the HMAC of what identifies the order, and stands in no table', async () => {
  const { body } = await client.post('/orders/', { items: [line(fake.addProduct())] })
  const [order] = await db.sql`select order_uid from orders where order_id = ${body.order_id}`
  const expected = createHmac('sha256', orderTokenSecret).update(order?.orderUid).digest('base64url')
  assert.equal(body.order_token, expected)
  const found = await db.sql`select from placements where answer like ${`%${expected}%`}`
  assert.equal(found.count, 0)
})

test('the request id of the buyer reaches the product service', async () => {
  const product = fake.addProduct()
  const order = { items: [line(product)] }
  const { headers, body } = await client.post('/orders/', order, { 'x-request-id': 'abc-123' })
  assert.equal(headers['x-request-id'], 'abc-123')
  assert.equal(fake.calls.at(-1)?.requestId, 'abc-123')
  await client.delete(`/orders/${body.order_id}`, { 'x-request-id': 'def-456' })
  assert.equal(fake.calls.at(-1)?.requestId, 'def-456')
})

test('the catalogue sets the price where the buyer names none', async () => {
  const product = fake.addProduct({ price: 7.5 })
  const items = [{ product_id: product, quantity: 2, price: 0.01, item_total: 0.02, price_at_purchase: null }]
  const { status, body } = await client.post('/orders/', { total_amount: 0.02, items })
  assert.equal(status, 201)
  assert.deepEqual([body.items[0].price_at_purchase, body.total_amount], [7.5, 15])
})

test('a price as it was shown is accepted', async () => {
  const product = fake.addProduct({ price: 0.1 })
  const { status } = await client.post('/orders/', { items: [line(product, 1, 0.1)] })
  assert.equal(status, 201)
})

test('lines of one product are merged, and items stand in the order of the buyer’s lines', async () => {
  const [a, b, c] = [fake.addProduct(), fake.addProduct(), fake.addProduct()]
  const { body } = await client.post('/orders/', {
    items: [line(c, 2), line(a, 1), line(c, 3), line(b, 4), line(a, 5)],
  })
  const sold = body.items.map(({ product_id, quantity }: Record<string, number>) => [product_id, quantity])
  assert.deepEqual(sold, [
    [c, 5],
    [a, 6],
    [b, 4],
  ])
  const { body: again } = await client.get(`/orders/${body.order_id}/items`)
  assert.deepEqual(again, body.items)
})

for (const [prices, quantity, total] of [
  [[19.99], 3, '59.97'],
  [[0.1, 0.2], 1, '0.30'],
  [[100.5, 4.35, 8.41], 100, '11326.00'],
  [[0.01], 999, '9.99'],
  [Array(100).fill(largestPrice), 999, '9989999999001.00'],
] as const) {
  test(`${quantity} each of ${prices.length} at ${prices[0]} come to exactly ${total}, stored and told`, async () => {
    const items = prices.map((price: number) => line(fake.addProduct({ price }), quantity))
    const { status, body } = await client.post('/orders/', { items })
    assert.equal(status, 201)
    assert.equal(body.total_amount, Number(total))
    const [row] = await db.sql`select total_amount::text from orders where order_id = ${body.order_id}`
    assert.equal(row?.totalAmount, total)
  })
}

test('100 lines of one product at the largest price and quantity are one exact item', async () => {
  const product = fake.addProduct({ price: largestPrice, stock: 1_000_000 })
  const { status, body } = await client.post('/orders/', { items: Array(100).fill(line(product, 999)) })
  assert.equal(status, 201)
  assert.deepEqual([body.items.length, body.items[0].quantity], [1, 99_900])
  const [row] = await db.sql`select item_total::text from order_items where order_id = ${body.order_id}`
  assert.equal(row?.itemTotal, '9989999999001.00')
})

test('staff records an order taken elsewhere: for whom, and as far as it has come', async () => {
  for (const status of ['pending', 'processing', 'shipped']) {
    const { body } = await client.post('/orders/', { user_id: 7, status, items: [line(fake.addProduct())] })
    assert.deepEqual([body.user_id, body.status], [7, status])
    const history = await db.sql`select event, actor from order_history where order_id = ${body.order_id}`
    assert.deepEqual([...history], [{ event: status, actor: 'staff' }])
  }
})

test('64 orders over 20 products at once are all placed', async () => {
  const products = Array.from({ length: 20 }, () => fake.addProduct())
  const orders = Array.from({ length: 64 }, (_, index) => {
    const items = [0, 7, 13].map((step) => line(products[(index + step) % 20] ?? 0))
    return client.post('/orders/', { items })
  })
  const statuses = (await Promise.all(orders)).map(({ status }) => status)
  assert.deepEqual(new Set(statuses), new Set([201]))
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
