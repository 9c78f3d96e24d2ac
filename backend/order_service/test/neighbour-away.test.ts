import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertBooksAgree } from './books.ts'
import { eventually, freshKey, line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake, startReplica } = suite

const placing = (product: number, key = freshKey(), at = client) =>
  at.post('/orders/', { items: [line(product)] }, key)
const recorded = async () => (await db.sql`select from placements`).count

test('while the product service is away orders are noted, then refused unrecorded, and settle when it is back', async () => {
  const [product, none] = [fake.addProduct({ stock: 10 }), fake.addProduct({ stock: 0 })]
  const [mine, theirs, hopeless] = [freshKey(), freshKey(), freshKey()]
  await fake.goAway()

  const open = [await placing(product, mine), await placing(product, theirs), await placing(none, hopeless)]
  for (const { status, body } of open) assert.deepEqual([status, body.code], [503, 'outcome_pending'])
  assert.equal(await recorded(), 3)

  const refused = await placing(product)
  assert.deepEqual([refused.status, refused.body.code], [503, 'unavailable'])
  assert.equal(refused.headers['retry-after'], '1')
  assert.ok(refused.headers['idempotency-key'])
  assert.equal(await recorded(), 3)

  const again = await placing(product, mine)
  assert.deepEqual([again.status, again.body.code], [503, 'outcome_pending'])

  await fake.comeBack()
  const placed = await placing(product, mine)
  assert.equal(placed.status, 201)
  await eventually(async () => {
    const settled =
      await db.sql`select answer_status from placements where key in ${db.sql([theirs['idempotency-key'], hopeless['idempotency-key']])} order by 1`
    assert.deepEqual(
      settled.map(({ answerStatus }) => answerStatus),
      [201, 409],
    )
  })
  assert.equal((await placing(product, theirs)).status, 201)
  assert.deepEqual((await placing(none, hopeless)).body.code, 'out_of_stock')
  assert.equal(fake.stockOf(product), 8)
  assert.equal((await placing(product)).status, 201)
})

test('a replica that has just started notes an order rather than guess that the neighbour is away', async () => {
  const product = fake.addProduct()
  const fresh = await startReplica()
  await fake.goAway()
  const { body } = await placing(product, freshKey(), fresh)
  assert.equal(body.code, 'outcome_pending')
  await fake.comeBack()
})

test('with nothing open, orders are taken again two seconds after the neighbour failed', async () => {
  const product = fake.addProduct()
  await fake.goAway()
  const keys = [freshKey(), freshKey(), freshKey()]
  for (const key of keys) await placing(product, key)
  await db.sql`update placements set lease_until = now() + interval '1 h' where state = 'placing'`
  assert.equal((await placing(product)).body.code, 'unavailable')
  await fake.comeBack()
  await eventually(async () => assert.equal((await placing(product)).status, 201), 4_000)
  await db.sql`update placements set lease_until = now() where state = 'placing'`
})

test('reading, listing and moving orders need no neighbour', async () => {
  const { body } = await placing(fake.addProduct())
  await fake.goAway()
  assert.equal((await client.get(`/orders/${body.order_id}`)).status, 200)
  assert.equal((await client.get('/orders/')).status, 200)
  assert.equal((await client.patch(`/orders/${body.order_id}/status?new_status=shipped`)).status, 200)
  assert.equal((await client.get('/readyz')).status, 200)
  await fake.comeBack()
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
