import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertBooksAgree } from './books.ts'
import { line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake } = suite
const statuses = ['pending', 'processing', 'shipped', 'delivered', 'cancelled']

const placed = async (): Promise<number> =>
  (await client.post('/orders/', { items: [line(fake.addProduct({ stock: 1 }))] })).body.order_id
const move = (orderId: number, status: string) =>
  client.patch(`/orders/${orderId}/status?new_status=${status}`)
const eventsOf = async (orderId: number) => {
  const rows =
    await db.sql`select event from order_history where order_id = ${orderId} order by order_history_id`
  return rows.map(({ event }) => event)
}

/** An order that has come to `status` by one allowed move. */
async function orderThatIs(status: string): Promise<number> {
  const orderId = await placed()
  if (status !== 'pending') assert.equal((await move(orderId, status)).status, 200)
  return orderId
}

for (const [from, allowed] of [
  ['pending', ['processing', 'shipped', 'delivered', 'cancelled']],
  ['processing', ['shipped', 'delivered', 'cancelled']],
  ['shipped', ['delivered']],
  ['delivered', []],
  ['cancelled', []],
] as const) {
  for (const to of statuses) {
    if (to === from) {
      test(`${from} again is 200 and changes nothing`, async () => {
        const orderId = await orderThatIs(from)
        const { body: before } = await client.get(`/orders/${orderId}`)
        const events = await eventsOf(orderId)
        const { status, body } = await move(orderId, to)
        assert.equal(status, 200)
        assert.deepEqual(body, before)
        assert.deepEqual(await eventsOf(orderId), events)
      })
    } else if ((allowed as readonly string[]).includes(to)) {
      test(`an order that is ${from} can become ${to}`, async () => {
        const orderId = await orderThatIs(from)
        const { status, body } = await move(orderId, to)
        assert.deepEqual([status, body.status, body.order_id], [200, to, orderId])
        assert.ok(body.updated_at >= body.created_at)
        assert.deepEqual((await client.get(`/orders/${orderId}`)).body, body)
        assert.equal((await eventsOf(orderId)).at(-1), to)
      })
    } else {
      test(`an order that is ${from} cannot become ${to}`, async () => {
        const orderId = await orderThatIs(from)
        const { body: before } = await client.get(`/orders/${orderId}`)
        const events = await eventsOf(orderId)
        const { status, body } = await move(orderId, to)
        assert.deepEqual([status, body.code, body.from, body.to], [409, 'move_not_allowed', from, to])
        assert.deepEqual((await client.get(`/orders/${orderId}`)).body, before)
        assert.deepEqual(await eventsOf(orderId), events)
      })
    }
  }
}

test('of moves that exclude each other, sent at once, exactly one wins', async () => {
  for (let round = 0; round < 10; round += 1) {
    const orderId = await placed()
    const answers = await Promise.all([
      move(orderId, 'cancelled'),
      move(orderId, 'delivered'),
      move(orderId, 'cancelled'),
    ])
    const { body } = await client.get(`/orders/${orderId}`)
    for (const { status, body: told } of answers) {
      assert.equal(status === 200 ? told.status : told.from, body.status)
    }
    assert.deepEqual(await eventsOf(orderId), ['pending', body.status])
  }
})

test('a status that is none, or none at all, or two, is 422', async () => {
  const orderId = await placed()
  const words = "Input should be 'pending', 'processing', 'shipped', 'delivered' or 'cancelled'"
  for (const [query, msg] of [
    ['?new_status=lost', words],
    ['?new_status=SHIPPED', words],
    ['?new_status=', words],
    ['', 'Field required'],
    ['?new_status=shipped&new_status=cancelled', words],
  ]) {
    const { status, body } = await client.patch(`/orders/${orderId}/status${query}`)
    assert.equal(status, 422, query)
    assert.deepEqual([body.detail[0].loc, body.detail[0].msg], [['query', 'new_status'], msg])
  }
  assert.equal((await client.get(`/orders/${orderId}`)).body.status, 'pending')
})

for (const id of ['2147483647', '2147483648', '0', '-1', 'abc', '1.5', '1e3']) {
  test(`order ${id}, which is none, is 404 to whatever is asked`, async () => {
    const answers = [
      await client.get(`/orders/${id}`),
      await client.get(`/orders/${id}/items`),
      await move(Number.NaN, 'shipped'),
      await client.patch(`/orders/${id}/status?new_status=shipped`),
      await client.delete(`/orders/${id}`),
    ]
    for (const { status, body } of answers) {
      assert.deepEqual([status, body.detail, body.code], [404, 'Order not found', 'order_not_found'])
    }
  })
}

test('at the end the books of both services agree', () => assertBooksAgree(suite))
