import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { assertBooksAgree } from './books.ts'
import { line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake } = suite
const product = fake.addProduct()

type Fault = { loc: (string | number)[]; msg: string }

const placing = (body: object | string) => client.post('/orders/', body)
const faults = (detail: Fault[]) => Object.fromEntries(detail.map(({ loc, msg }) => [loc.join('.'), msg]))

test('all faults of an order are told together, in Pydantic’s words', async () => {
  const { status, body } = await placing({
    user_id: 0,
    status: 'delivered',
    shipping_address: 'x'.repeat(1001),
    items: [
      { quantity: 0 },
      { product_id: 1, quantity: 1000, price_at_purchase: 0 },
      { product_id: '1', quantity: 1.5, price_at_purchase: 0.001 },
      { product_id: 2 ** 31, quantity: null, price_at_purchase: true },
    ],
  })
  assert.deepEqual([status, body.code], [422, 'invalid_request'])
  assert.deepEqual(faults(body.detail), {
    'body.user_id': 'Input should be greater than or equal to 1',
    'body.status': "Input should be 'pending', 'processing' or 'shipped'",
    'body.shipping_address': 'String should have at most 1000 characters',
    'body.items.0.product_id': 'Field required',
    'body.items.0.quantity': 'Input should be greater than or equal to 1',
    'body.items.1.quantity': 'Input should be less than or equal to 999',
    'body.items.1.price_at_purchase': 'Input should be greater than 0',
    'body.items.2.product_id': 'Input should be a valid integer',
    'body.items.2.quantity': 'Input should be a valid integer, got a number with a fractional part',
    'body.items.2.price_at_purchase': 'Decimal input should have no more than 2 decimal places',
    'body.items.3.product_id': `Input should be less than or equal to ${2 ** 31 - 1}`,
    'body.items.3.quantity': 'Input should be a valid integer',
    'body.items.3.price_at_purchase': 'Input should be a valid number',
  })
})

for (const [what, body, loc, msg] of [
  ['no items', {}, 'body.items', 'Field required'],
  ['an empty list', { items: [] }, 'body.items', 'List should have at least 1 item after validation, not 0'],
  [
    '101 lines',
    { items: Array(101).fill(line(1)) },
    'body.items',
    'List should have at most 100 items after validation, not 101',
  ],
  ['items that are no list', { items: 'all' }, 'body.items', 'Input should be a valid list'],
  [
    'a control character',
    { shipping_address: 'a\u0000b', items: [line(1)] },
    'body.shipping_address',
    'String should not contain control characters',
  ],
  [
    'half a character',
    '{"shipping_address":"\\ud800","items":[{"product_id":1,"quantity":1}]}',
    'body.shipping_address',
    'String should not contain control characters',
  ],
  [
    'a number beyond all numbers',
    '{"items":[{"product_id":1,"quantity":1,"price_at_purchase":1e400}]}',
    'body.items.0.price_at_purchase',
    'Input should be a finite number',
  ],
  ['broken JSON', '{"items":', 'body', 'JSON decode error'],
  ['nothing', '', 'body', 'Field required'],
  ['null', 'null', 'body', 'Field required'],
] as const) {
  test(`an order with ${what} is refused with 422`, async () => {
    const answer = await placing(body)
    assert.equal(answer.status, 422)
    assert.deepEqual(faults(answer.body.detail), { [loc]: msg })
    assert.equal(answer.body.request_id, answer.headers['x-request-id'])
  })
}

test('an order that would reach for a prototype is refused, and nothing is polluted', async () => {
  const { status } = await placing(
    `{"__proto__":{"status":"shipped"},"items":[{"product_id":${product},"quantity":1}]}`,
  )
  assert.equal(status, 422)
  assert.equal(({} as Record<string, unknown>).status, undefined)
})

test('an order that is not JSON, or longer than 64 KB, is refused as what it is', async () => {
  const text = await client.post('/orders/', 'items=1', { 'content-type': 'text/plain' })
  assert.deepEqual([text.status, text.body.code], [415, 'unsupported_media_type'])
  const long = await placing({ shipping_address: 'x'.repeat(70_000), items: [line(product)] })
  assert.deepEqual([long.status, long.body.code], [413, 'body_too_large'])
})

for (const [what, key] of [
  ['is too short', 'x'.repeat(15)],
  ['is too long', 'x'.repeat(256)],
  ['has a space in it', 'sixteen characters and more'],
  ['is empty', ''],
  ['is quoted emptiness', '""'],
  ['is not ASCII', 'schlüssel-schlüssel'],
] as const) {
  test(`a key that ${what} is refused with 422`, async () => {
    const header = Buffer.from(key).toString('latin1')
    const { status, body } = await client.post(
      '/orders/',
      { items: [line(product)] },
      { 'idempotency-key': header },
    )
    assert.equal(status, 422)
    assert.deepEqual(faults(body.detail), {
      'header.Idempotency-Key': 'Input should be 16 to 255 printable characters',
    })
  })
}

test('the limits themselves are accepted', async () => {
  const plenty = fake.addProduct({ stock: 99_900 })
  const items = Array(100).fill(line(plenty, 999))
  const { status, body } = await placing({ shipping_address: 'x'.repeat(1000), user_id: 2 ** 31 - 1, items })
  assert.deepEqual([status, body.items[0].quantity], [201, 99_900])
})

test('nothing of what is not valid is recorded, and its key is free for a better request', async () => {
  const key = { 'idempotency-key': randomUUID() }
  const before = await db.sql`select from placements`
  const calls = fake.calls.length
  const bad = await client.post('/orders/', { items: [] }, key)
  assert.equal(bad.status, 422)
  assert.equal((await db.sql`select from placements`).count, before.count)
  assert.equal(fake.calls.length, calls)
  const good = await client.post('/orders/', { items: [line(product)] }, key)
  assert.equal(good.status, 201)
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
