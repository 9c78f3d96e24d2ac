import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertBooksAgree } from './books.ts'
import { freshKey, line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake } = suite

test('an order is refused when one line is short: nothing is taken of the others', async () => {
  const [plenty, few] = [fake.addProduct({ stock: 9 }), fake.addProduct({ stock: 2 })]
  const { status, body } = await client.post('/orders/', {
    items: [line(plenty, 9), line(few, 2), line(few, 1)],
  })
  assert.equal(status, 409)
  assert.deepEqual([body.code, body.lines], ['out_of_stock', [{ product_id: few, wanted: 3, available: 2 }]])
  assert.equal(typeof body.detail, 'string')
  assert.deepEqual([fake.stockOf(plenty), fake.stockOf(few)], [9, 2])
})

test('a product that nobody knows has nothing available', async () => {
  const { status, body } = await client.post('/orders/', { items: [line(2 ** 31 - 1, 4)] })
  assert.equal(status, 409)
  assert.deepEqual(body.lines, [{ product_id: 2 ** 31 - 1, wanted: 4, available: 0 }])
})

test('a price other than the one shown is refused with both prices', async () => {
  const product = fake.addProduct({ price: 20, stock: 3 })
  const { status, body } = await client.post('/orders/', { items: [line(product, 1, 19.99)] })
  assert.equal(status, 409)
  assert.deepEqual(
    [body.code, body.lines],
    ['price_changed', [{ product_id: product, expected: 19.99, current: 20 }]],
  )
  assert.equal(fake.stockOf(product), 3)
})

test('two lines of one product that expect different prices are refused', async () => {
  const product = fake.addProduct({ price: 5 })
  const { status, body } = await client.post('/orders/', {
    items: [line(product, 1, 5), line(product, 1, 4)],
  })
  assert.deepEqual([status, body.code], [409, 'price_changed'])
  assert.deepEqual(body.lines, [{ product_id: product, expected: 4, current: 5 }])
})

test('a refusal leaves no order, no hole in the numbers, and is repeated byte for byte', async () => {
  const product = fake.addProduct({ stock: 1 })
  const { body: first } = await client.post('/orders/', { items: [line(fake.addProduct())] })
  const key = freshKey()
  const refused = await client.post('/orders/', { items: [line(product, 2)] }, key)
  assert.equal(refused.status, 409)
  fake.setStock(product, 100)
  const again = await client.post('/orders/', { items: [line(product, 2)] }, key)
  assert.deepEqual([again.status, again.text], [409, refused.text])
  const orders =
    await db.sql`select from orders where order_uid in (select order_uid from placements where state = 'refused')`
  assert.equal(orders.count, 0)
  const { body: next } = await client.post('/orders/', { items: [line(fake.addProduct())] })
  assert.equal(next.order_id, first.order_id + 1)
})

test('of 40 orders of one unit for a stock of 10, ten are placed and thirty refused', async () => {
  const product = fake.addProduct({ stock: 10 })
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => client.post('/orders/', { items: [line(product)] })),
  )
  const count = (status: number) => answers.filter((answer) => answer.status === status).length
  assert.deepEqual([count(201), count(409), fake.stockOf(product)], [10, 30, 0])
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
