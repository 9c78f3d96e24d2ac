import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { assertBooksAgree } from './books.ts'
import { freshKey, line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake, startReplica } = suite

test('the same request with the same key gets the same bytes and no second order', async () => {
  const product = fake.addProduct({ price: 0.3, stock: 5 })
  const key = freshKey()
  const body = { shipping_address: 'Ünïcode "quoted"\n2nd line', items: [line(product, 2)] }
  const once = await client.post('/orders/', body, key)
  fake.setPrice(product, 99)
  const twice = await client.post('/orders', body, key)
  assert.deepEqual([once.status, twice.status, twice.text], [201, 201, once.text])
  assert.equal(twice.headers['idempotency-key'], key['idempotency-key'])
  assert.equal(fake.stockOf(product), 3)
})

test('the answer stays the same when the order has moved on, was deleted, and after a restart', async () => {
  const key = freshKey()
  const body = { items: [line(fake.addProduct())] }
  const old = await startReplica()
  const placed = await old.post('/orders/', body, key)
  await old.patch(`/orders/${placed.body.order_id}/status?new_status=shipped`)
  assert.equal((await old.post('/orders/', body, key)).text, placed.text)
  await old.delete(`/orders/${placed.body.order_id}`)
  await old.stop()
  const fresh = await startReplica()
  const again = await fresh.post('/orders/', body, key)
  assert.deepEqual([again.status, again.text], [201, placed.text])
})

test('what is not said and what is left at its default are the same request', async () => {
  const key = freshKey()
  const product = fake.addProduct()
  const short = await client.post('/orders/', { items: [line(product)] }, key)
  const long = { shipping_address: null, user_id: null, status: 'pending', extra: 1, items: [line(product)] }
  const again = await client.post('/orders/', long, key)
  assert.equal(again.text, short.text)
})

test('another request under a known key is refused with 422 and changes nothing', async () => {
  const key = freshKey()
  const product = fake.addProduct({ stock: 50 })
  const placed = await client.post('/orders/', { items: [line(product, 1, 10)] }, key)
  assert.equal(placed.status, 201)
  for (const other of [
    { items: [line(product, 2, 10)] },
    { items: [line(product, 1)] },
    { items: [line(product, 1, 10), line(product, 1, 10)] },
    { user_id: 1, items: [line(product, 1, 10)] },
    { status: 'shipped', items: [line(product, 1, 10)] },
    { shipping_address: 'elsewhere', items: [line(product, 1, 10)] },
  ]) {
    const { status, body, headers } = await client.post('/orders/', other, key)
    assert.deepEqual([status, body.code], [422, 'idempotency_key_reused'])
    assert.equal(headers['idempotency-key'], key['idempotency-key'])
  }
  assert.equal(fake.stockOf(product), 49)
})

test('one key sent 50 times at once is one order and one unit, with equal bytes', async () => {
  const product = fake.addProduct({ stock: 50 })
  const key = freshKey()
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => client.post('/orders/', { items: [line(product)] }, key)),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
  assert.equal(fake.stockOf(product), 49)
})

test('a key is the same bare and quoted, and comes back bare', async () => {
  const key = 'a-key-of-my-own-making'
  const body = { items: [line(fake.addProduct())] }
  const bare = await client.post('/orders/', body, { 'idempotency-key': key })
  const quoted = await client.post('/orders/', body, { 'Idempotency-Key': `"${key}"` })
  assert.deepEqual([quoted.status, quoted.text], [201, bare.text])
  assert.equal(quoted.headers['idempotency-key'], key)
})

test('keys of 16 and of 255 characters are accepted', async () => {
  for (const length of [16, 255]) {
    const key = { 'idempotency-key': 'k'.repeat(length) }
    const { status, headers } = await client.post('/orders/', { items: [line(fake.addProduct())] }, key)
    assert.deepEqual([status, headers['idempotency-key']], [201, 'k'.repeat(length)])
  }
})

test('the key that was made for an order without one repeats it', async () => {
  const body = { items: [line(fake.addProduct())] }
  const placed = await client.post('/orders/', body)
  const key = { 'idempotency-key': placed.headers['idempotency-key'] }
  assert.equal((await client.post('/orders/', body, key)).text, placed.text)
  assert.notEqual((await client.post('/orders/', body)).text, placed.text)
})

test('the key comes back with a refusal and with a request that is not valid, too', async () => {
  const key = freshKey()
  const invalid = await client.post('/orders/', { items: [] }, key)
  assert.equal(invalid.headers['idempotency-key'], key['idempotency-key'])
  const product = fake.addProduct({ stock: 0 })
  const refused = await client.post('/orders/', { items: [line(product)] }, key)
  assert.deepEqual([refused.status, refused.headers['idempotency-key']], [409, key['idempotency-key']])
})

test('a request that is being worked on is 409 in_progress, with the time to wait', async () => {
  const key = freshKey(randomUUID())
  const body = { items: [line(fake.addProduct())] }
  const placed = await client.post('/orders/', body, key)
  await db.sql`update placements set state = 'placing', answer = null, answer_status = null,
    lease_until = now() + interval '15 s' where key = ${key['idempotency-key']}`
  const { status, body: told, headers } = await client.post('/orders/', body, key)
  assert.deepEqual([status, told.code, headers['retry-after']], [409, 'in_progress', '1'])
  await db.sql`update placements set state = 'placed', answer_status = 201,
    answer = ${placed.text.replace(/,"order_token":"[^"]+"/, '')} where key = ${key['idempotency-key']}`
  assert.equal((await client.post('/orders/', body, key)).text, placed.text)
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
