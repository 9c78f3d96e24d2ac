import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { assertBooksAgree } from './books.ts'
import { answerProperly, first, hold } from './manners.ts'
import { eventually, freshKey, line, prepareSuite } from './order-suite.ts'
import { rewind } from './rewind.ts'

const suite = await prepareSuite()
after(suite.close)
const { db, fake } = suite
afterEach(() => {
  fake.manner = answerProperly
})

// Two services on an empty database: each finds the schema made, whoever made it.
const [left, right] = await Promise.all([suite.startReplica(), suite.startReplica()])
const replicas = [left, right]

test('two services that start at once on an empty database are both ready', async () => {
  for (const replica of replicas) {
    const { status, body } = await replica.get('/readyz')
    assert.deepEqual([status, body], [200, { status: 'ok', service: 'order-service', missing: [] }])
  }
  const names = (await db.sql`select name from schema_migrations`).map(({ name }) => name)
  assert.ok(names.includes('0001-orders.sql') && names.length === new Set(names).size)
})

test('twins on two replicas are one order with equal bytes, also while the neighbour takes its time', async () => {
  const product = fake.addProduct({ stock: 30 })
  const key = freshKey()
  const holding = hold('after')
  fake.manner = holding.manner
  const sent = Array.from({ length: 20 }, (_, index) =>
    (index % 2 ? left : right).post('/orders/', { items: [line(product)] }, key),
  )
  await eventually(() => assert.equal(holding.count(), 1))
  holding.letGo()
  const answers = await Promise.all(sent)
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201])
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
  assert.deepEqual([holding.count(), fake.stockOf(product)], [1, 29])
})

test('a neighbour that hangs is not waited for: the order is open, and nobody drives it twice', async () => {
  const product = fake.addProduct({ stock: 30 })
  const key = freshKey()
  const holding = hold('before')
  fake.manner = holding.manner
  const place = (replica: typeof left) => replica.post('/orders/', { items: [line(product)] }, key)
  const opening = place(left)
  await eventually(() => assert.equal(holding.count(), 1))
  const twin = await place(right)
  assert.deepEqual([twin.status, twin.body.code, twin.headers['retry-after']], [409, 'in_progress', '1'])
  assert.equal(holding.count(), 1)
  const open = await opening
  assert.deepEqual([open.status, open.body.code], [503, 'outcome_pending'])
  fake.manner = answerProperly
  const placed = await place(right)
  assert.equal(placed.status, 201)
  holding.letGo()
  assert.equal((await place(left)).text, placed.text)
  assert.equal(fake.stockOf(product), 29)
})

for (const [stock, status] of [
  [30, 201],
  [0, 409],
] as const) {
  test(`of two drivers of one order the later one tells what the first has stored (${status})`, async () => {
    const product = fake.addProduct({ stock })
    const key = freshKey()
    const holding = hold('after')
    fake.manner = first(1, holding.manner)
    const place = (replica: typeof left) => replica.post('/orders/', { items: [line(product)] }, key)
    const later = place(left)
    await eventually(() => assert.equal(holding.count(), 1))
    await db.sql`update placements set lease_until = now() where key = ${key['idempotency-key']}`
    const earlier = await place(right)
    assert.equal(earlier.status, status)
    holding.letGo()
    const { status: told, text } = await later
    assert.deepEqual([told, text], [status, earlier.text])
  })
}

test('what a crash left open is swept by one of the replicas, once', async () => {
  const product = fake.addProduct({ stock: 100 })
  const open: string[] = []
  for (let index = 0; index < 12; index += 1) {
    const key = freshKey()
    assert.equal((await left.post('/orders/', { items: [line(product)] }, key)).status, 201)
    const before = (uid: string) => index % 2 && fake.forget(uid)
    open.push(await rewind(suite, key['idempotency-key'], { leaseSeconds: 3_600, before }))
  }
  await db.sql`update placements set lease_until = now() where state = 'placing'`
  await eventually(async () => {
    const placed = await db.sql`select from order_items where product_id = ${product}`
    assert.equal(placed.count, 12)
  })
  assert.equal(fake.stockOf(product), 88)
  for (const orderUid of open) assert.equal(fake.callsFor(orderUid).length, 2)
})

test('a placement that somebody else is writing does not keep the sweepers from the others', async () => {
  const uids: string[] = []
  for (const key of [freshKey(), freshKey()]) {
    await left.post('/orders/', { items: [line(fake.addProduct())] }, key)
    uids.push(await rewind(suite, key['idempotency-key'], { leaseSeconds: 1 }))
  }
  await db.sql.begin(async (tx) => {
    const [locked] =
      await tx`select lease_until > now() as live from placements where order_uid = ${uids[0]} for update`
    assert.equal(locked?.live, true)
    await eventually(async () => {
      const placed = await db.sql`select from orders where order_uid = ${uids[1]}`
      assert.equal(placed.count, 1)
    }, 6_000)
  })
  await eventually(async () => {
    const placed = await db.sql`select from orders where order_uid = ${uids[0]}`
    assert.equal(placed.count, 1)
  })
})

test('an order cancelled on both replicas while the neighbour is away gets its stock back once', async () => {
  const product = fake.addProduct({ stock: 5 })
  const { body } = await left.post('/orders/', { items: [line(product)] })
  const path = `/orders/${body.order_id}/status?new_status=cancelled`
  await fake.goAway()
  const answers = await Promise.all(replicas.map((replica) => replica.patch(path)))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  )
  await fake.comeBack()
  await eventually(async () => {
    const released =
      await db.sql`select from orders where order_id = ${body.order_id} and stock_state = 'released'`
    assert.equal(released.count, 1)
  })
  assert.equal(fake.stockOf(product), 5)
  const back = fake.movements.filter(({ productId, delta }) => productId === product && delta > 0)
  assert.equal(back.length, 1)
})

test('a stop lets the order in flight finish, refuses new ones, and is soon over', async () => {
  const product = fake.addProduct({ stock: 5 })
  const third = await suite.startReplica()
  const holding = hold('before')
  fake.manner = holding.manner
  const inFlight = third.post('/orders/', { items: [line(product)] }, { 'x-request-id': 'in-flight' })
  await eventually(() => assert.ok(fake.calls.some(({ requestId }) => requestId === 'in-flight')))
  const stopping = third.stop()
  await assert.rejects(
    createClient(third.url).get('/health', { connection: 'close' }),
    /ECONN|socket hang up/,
  )
  holding.letGo()
  assert.equal((await inFlight).status, 201)
  await stopping
  assert.equal(fake.stockOf(product), 4)
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
