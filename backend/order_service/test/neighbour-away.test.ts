import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startTcpProxy } from '@tallyshop/service-kit/test-support/tcp-proxy'
import { assertBooksAgree } from './books.ts'
import { answerProperly, say } from './manners.ts'
import { eventually, freshKey, line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake, startReplica } = suite

const placing = (product: number, key = freshKey(), at = client) =>
  at.post('/orders/', { items: [line(product)] }, key)
const recorded = async () => (await db.sql`select from placements`).count

/** Orders `product` until orders are refused unrecorded; returns the keys of those that were noted, and the refusal. */
async function placeUntilUnavailable(product: number, at = client) {
  const noted: ReturnType<typeof freshKey>[] = []
  for (;;) {
    const key = freshKey()
    const answer = await placing(product, key, at)
    assert.equal(answer.status, 503)
    if (answer.body.code !== 'outcome_pending') return { noted, answer }
    noted.push(key)
    assert.ok(noted.length <= 3, 'the fourth order is still noted')
  }
}

test('while the product service is away orders are noted, then refused unrecorded, and settle when it is back', async () => {
  const [product, none] = [fake.addProduct({ stock: 10 }), fake.addProduct({ stock: 0 })]
  const hopeless = freshKey()
  await fake.goAway()
  const first = await placing(none, hopeless)
  assert.deepEqual([first.status, first.body.code], [503, 'outcome_pending'])

  const { noted, answer } = await placeUntilUnavailable(product)
  assert.equal(answer.body.code, 'unavailable')
  assert.equal(answer.headers['retry-after'], '1')
  assert.ok(answer.headers['idempotency-key'])
  assert.equal(await recorded(), 1 + noted.length)

  const again = await placing(none, hopeless)
  assert.ok(['outcome_pending', 'in_progress'].includes(again.body.code), again.text)

  await fake.comeBack()
  await eventually(async () => assert.equal((await placing(none, hopeless)).body.code, 'out_of_stock'))
  await eventually(async () => {
    const settled = await db.sql`select answer_status from placements order by 1`
    assert.deepEqual(
      settled.map(({ answerStatus }) => answerStatus),
      [...noted.map(() => 201), 409],
    )
  })
  for (const key of noted) assert.equal((await placing(product, key)).status, 201)
  assert.equal(fake.stockOf(product), 10 - noted.length)
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

test('while it is away no order is a trial, and when it is back orders are taken again by themselves', async () => {
  const product = fake.addProduct()
  await fake.goAway()
  await placeUntilUnavailable(product)
  // With nothing open there is nothing for the sweeper to find out by.
  await db.sql`update placements set lease_until = now() + interval '1 h' where state = 'placing'`
  const noted = await recorded()
  for (let tries = 0; tries < 30; tries += 1) {
    const { status, body } = await placing(product)
    assert.deepEqual([status, body.code], [503, 'unavailable'])
    await sleep(100)
  }
  assert.equal(await recorded(), noted)
  await fake.comeBack()
  await eventually(async () => assert.equal((await placing(product)).status, 201))
  assert.equal(await recorded(), noted + 1)
  await db.sql`update placements set lease_until = now() where state = 'placing'`
})

test('while it is away an order without a key is refused with no look into the database', async () => {
  const product = fake.addProduct()
  const proxy = await startTcpProxy(db.config.host, db.config.port)
  const replica = await startReplica({ postgres: { ...db.config, host: '127.0.0.1', port: proxy.port } })
  await fake.goAway()
  await placeUntilUnavailable(product, replica)
  const noted = await recorded()
  proxy.silence()
  const { status, body } = await replica.post('/orders/', { items: [line(product)] })
  assert.deepEqual([status, body.code, await recorded()], [503, 'unavailable', noted])
  await fake.comeBack()
  await proxy.close()
  await replica.stop()
})

test('one that lives and is not ready is away', async () => {
  const product = fake.addProduct()
  fake.isReady = false
  fake.manner = say(503, { detail: 'Not now.', code: 'unavailable', request_id: 'fake' })
  await placeUntilUnavailable(product)
  fake.isReady = true
  fake.manner = answerProperly
  await eventually(async () => assert.equal((await placing(product)).status, 201))
})

test('reading, listing and moving orders need no neighbour', async () => {
  const { body } = await eventually(async () => {
    const placed = await placing(fake.addProduct())
    assert.equal(placed.status, 201)
    return placed
  })
  await fake.goAway()
  assert.equal((await client.get(`/orders/${body.order_id}`)).status, 200)
  assert.equal((await client.get('/orders/')).status, 200)
  assert.equal((await client.patch(`/orders/${body.order_id}/status?new_status=shipped`)).status, 200)
  assert.equal((await client.get('/readyz')).status, 200)
  await fake.comeBack()
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
