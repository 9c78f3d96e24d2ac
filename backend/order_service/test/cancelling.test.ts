import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import { assertBooksAgree } from './books.ts'
import { answerProperly, dropAfterActing, dropBeforeActing, first, hold, say } from './manners.ts'
import { eventually, freshKey, line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake } = suite
afterEach(() => {
  fake.manner = answerProperly
})

async function placedOrder() {
  const product = fake.addProduct({ stock: 5 })
  const { body } = await client.post(
    '/orders/',
    { items: [line(product, 2), line(fake.addProduct())] },
    freshKey(),
  )
  return { product, orderId: body.order_id as number }
}

const cancel = (orderId: number) => client.patch(`/orders/${orderId}/status?new_status=cancelled`)

async function rowOf(orderId: number) {
  const [row] =
    await db.sql`select order_uid, status, stock_state, deleted_at from orders where order_id = ${orderId}`
  return row ?? {}
}

const isReleased = (orderId: number) =>
  eventually(async () => assert.equal((await rowOf(orderId)).stockState, 'released'))

async function timesReleased(orderId: number): Promise<number> {
  const { orderUid } = await rowOf(orderId)
  const back = fake.movements.filter((movement) => movement.orderUid === orderUid && movement.delta > 0)
  return back.length / 2
}

test('cancelling gives the stock back', async () => {
  const { product, orderId } = await placedOrder()
  assert.equal(fake.stockOf(product), 3)
  const { status, body } = await cancel(orderId)
  assert.deepEqual([status, body.status, fake.stockOf(product)], [200, 'cancelled', 5])
  assert.equal((await rowOf(orderId)).stockState, 'released')
})

test('cancelling twice, and eight times at once, gives it back once', async () => {
  const { orderId } = await placedOrder()
  const answers = await Promise.all(Array.from({ length: 8 }, () => cancel(orderId)))
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
  assert.equal((await cancel(orderId)).status, 200)
  await isReleased(orderId)
  assert.equal(await timesReleased(orderId), 1)
})

test('while the product service is away an order is cancelled at once, and its stock returns later', async () => {
  const { product, orderId } = await placedOrder()
  await fake.goAway()
  const { status, body } = await cancel(orderId)
  assert.deepEqual([status, body.status], [200, 'cancelled'])
  assert.equal((await rowOf(orderId)).stockState, 'release_due')
  assert.equal((await client.get(`/orders/${orderId}`)).body.status, 'cancelled')
  await fake.comeBack()
  await isReleased(orderId)
  assert.deepEqual([fake.stockOf(product), await timesReleased(orderId)], [5, 1])
})

for (const [what, manner] of [
  ['is lost', dropBeforeActing],
  ['was carried out and its answer lost', dropAfterActing],
  ['is answered 500', say(500, {})],
  ['is answered 404', say(404, { detail: 'Not Found' })],
  ['is answered 200 without a verdict', say(200, '{}')],
] as const) {
  test(`a release that ${what} is repeated, and the stock returns once`, async () => {
    const { product, orderId } = await placedOrder()
    fake.manner = first(1, manner)
    assert.equal((await cancel(orderId)).status, 200)
    await isReleased(orderId)
    assert.deepEqual([fake.stockOf(product), await timesReleased(orderId)], [5, 1])
  })
}

test('a product service that hangs does not keep a buyer from cancelling', async () => {
  const { orderId } = await placedOrder()
  const holding = hold('before')
  fake.manner = holding.manner
  const { status, body } = await cancel(orderId)
  assert.deepEqual([status, body.status, holding.count() > 0], [200, 'cancelled', true])
  assert.equal((await rowOf(orderId)).stockState, 'release_due')
  fake.manner = answerProperly
  await isReleased(orderId)
  holding.letGo()
})

for (const [before, status, stockState, stock] of [
  [undefined, 'cancelled', 'released', 5],
  ['processing', 'cancelled', 'released', 5],
  ['shipped', 'shipped', 'held', 3],
  ['delivered', 'delivered', 'held', 3],
  ['cancelled', 'cancelled', 'released', 5],
] as const) {
  test(`deleting an order that is ${before ?? 'pending'} leaves its stock ${stockState}`, async () => {
    const { product, orderId } = await placedOrder()
    if (before) await client.patch(`/orders/${orderId}/status?new_status=${before}`)
    const { status: answered, text } = await client.delete(`/orders/${orderId}`)
    assert.deepEqual([answered, text], [204, ''])
    const row = await rowOf(orderId)
    assert.deepEqual([row.status, row.stockState, fake.stockOf(product)], [status, stockState, stock])
    assert.ok(row.deletedAt)
    for (const path of [`/orders/${orderId}`, `/orders/${orderId}/items`]) {
      assert.equal((await client.get(path)).status, 404)
    }
    assert.equal((await client.delete(`/orders/${orderId}`)).status, 404)
    assert.equal((await cancel(orderId)).status, 404)
    const listed = (await client.get('/orders/')).body.map(({ order_id }: { order_id: number }) => order_id)
    assert.ok(!listed.includes(orderId))
    const [last] =
      await db.sql`select event from order_history where order_id = ${orderId} order by order_history_id desc limit 1`
    assert.equal(last?.event, 'deleted')
  })
}

test('a pending order deleted while the product service is away gets its stock back later', async () => {
  const { product, orderId } = await placedOrder()
  await fake.goAway()
  assert.equal((await client.delete(`/orders/${orderId}`)).status, 204)
  assert.equal((await rowOf(orderId)).stockState, 'release_due')
  await fake.comeBack()
  await isReleased(orderId)
  assert.equal(fake.stockOf(product), 5)
})

test('of deletes sent at once one wins, and the stock returns once', async () => {
  const { orderId } = await placedOrder()
  const answers = await Promise.all(Array.from({ length: 6 }, () => client.delete(`/orders/${orderId}`)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 404, 404, 404, 404, 404])
  await isReleased(orderId)
  assert.equal(await timesReleased(orderId), 1)
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
