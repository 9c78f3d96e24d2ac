import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { assertBooksAgree } from './books.ts'
import type { AskedLine } from './fake-verdicts.ts'
import {
  actAndSay,
  answerProperly,
  type Call,
  dropAfterActing,
  dropBeforeActing,
  first,
  type Manner,
  say,
} from './manners.ts'
import { eventually, freshKey, line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake } = suite
afterEach(() => {
  fake.manner = answerProperly
})

const rejected = (code: string) => ({ verdict: 'rejected', rejection: { code, lines: [] } })

/** A verdict that would do for the order, were it said as the contract demands. */
const held = ({ body }: Call) => ({
  verdict: 'held',
  lines: (body as { lines: AskedLine[] }).lines.map((asked) => ({
    ...asked,
    unit_price: 0.01,
    name: 'Fake',
  })),
})

const faults: [what: string, Manner][] = [
  ['ends the connection before it acts', dropBeforeActing],
  ['ends the connection after it has acted', dropAfterActing],
  ['acts and answers 500', actAndSay(500, { detail: 'Internal Server Error' })],
  ['acts and answers 503', actAndSay(503, { code: 'unavailable' })],
  ['answers 404', say(404, { detail: 'Not Found' })],
  ['answers 401', say(401, { detail: 'Not authenticated' })],
  ['answers 422', say(422, { detail: [] })],
  ['answers 409 with a refusal', say(409, rejected('out_of_stock'))],
  ['answers 404 with void', say(404, { verdict: 'void' })],
  ['answers 500 with a verdict', (_act, call) => ({ status: 500, body: held(call) })],
  ['answers 201 with a verdict', (_act, call) => ({ status: 201, body: held(call) })],
  ['sends us elsewhere', (_act, { url }) => ({ status: 307, body: '', headers: { location: url } })],
  ['answers 200 with nothing', say(200, '')],
  ['answers 200 with a page', say(200, '<html>Welcome</html>')],
  [
    'answers 200 with half of a verdict',
    (_act, call) => ({ status: 200, body: JSON.stringify(held(call)).slice(0, -1) }),
  ],
  ['answers 200 with null', say(200, 'null')],
  ['answers 200 without a verdict', (_act, call) => ({ status: 200, body: { lines: held(call).lines } })],
  [
    'answers an unknown verdict',
    (_act, call) => ({ status: 200, body: { ...held(call), verdict: 'maybe' } }),
  ],
  ['answers held without lines', say(200, { verdict: 'held' })],
  ['answers held without a line that was asked for', say(200, { verdict: 'held', lines: [] })],
  ['answers rejected without a reason', say(200, { verdict: 'rejected' })],
  ['answers rejected for an unknown reason', say(200, rejected('weather'))],
]

for (const [what, manner] of faults) {
  test(`when the product service ${what}, the outcome is open, and asking again tells it`, async () => {
    const product = fake.addProduct({ price: 5, stock: 10 })
    const key = freshKey()
    const body = { items: [line(product, 2)] }
    fake.manner = first(1, manner)
    const open = await client.post('/orders/', body, key)
    assert.deepEqual([open.status, open.body.code], [503, 'outcome_pending'])
    assert.equal(open.headers['idempotency-key'], key['idempotency-key'])
    assert.equal(open.headers['retry-after'], '1')
    const placed = await client.post('/orders/', body, key)
    assert.deepEqual([placed.status, placed.body.total_amount], [201, 10])
    assert.equal(fake.stockOf(product), 8)
  })
}

test('an order without a key gets one with the 503, and ends by itself', async () => {
  const product = fake.addProduct({ stock: 3 })
  fake.manner = first(1, dropAfterActing)
  const open = await client.post('/orders/', { items: [line(product)] })
  assert.equal(open.status, 503)
  const key = String(open.headers['idempotency-key'])
  await eventually(async () => {
    const orders = await db.sql`select from orders join placements using (order_uid) where key = ${key}`
    assert.equal(orders.count, 1)
  })
  const placed = await client.post('/orders/', { items: [line(product)] }, { 'idempotency-key': key })
  assert.deepEqual([placed.status, fake.stockOf(product)], [201, 2])
})

test('a refusal whose answer was lost is told to who asks again', async () => {
  const product = fake.addProduct({ stock: 0 })
  const key = freshKey()
  fake.manner = first(1, dropAfterActing)
  assert.equal((await client.post('/orders/', { items: [line(product)] }, key)).status, 503)
  fake.setStock(product, 5)
  const refused = await client.post('/orders/', { items: [line(product)] }, key)
  assert.deepEqual([refused.status, refused.body.code], [409, 'out_of_stock'])
})

test('another body under the key of an open order is refused, and does not touch it', async () => {
  const product = fake.addProduct()
  const key = freshKey()
  fake.manner = dropBeforeActing
  assert.equal((await client.post('/orders/', { items: [line(product)] }, key)).status, 503)
  const other = await client.post('/orders/', { items: [line(product, 2)] }, key)
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused'])
  fake.manner = answerProperly
  assert.equal((await client.post('/orders/', { items: [line(product)] }, key)).status, 201)
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
