import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { assertBooksAgree } from './books.ts'
import { eventually, freshKey, line, openSuite } from './order-suite.ts'
import { rewind } from './rewind.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake } = suite
const twoMinutes = 121

async function placedOrder(stock = 10) {
  const product = fake.addProduct({ stock })
  const key = freshKey()
  const body = { items: [line(product, 2)] }
  const placed = await client.post('/orders/', body, key)
  assert.equal(placed.status, 201)
  return { product, body, header: key, key: key['idempotency-key'] }
}

async function settledState(orderUid: string): Promise<string> {
  return eventually(async () => {
    const [placement] = await db.sql`select state from placements where order_uid = ${orderUid}`
    assert.notEqual(placement?.state, 'placing')
    return placement?.state
  })
}

describe('an order that a process left behind', { concurrency: true }, () => {
  test('an order whose process died before it asked for stock is settled by the sweeper', async () => {
    const { product, key, header, body } = await placedOrder()
    const orderUid = await rewind(suite, key, { before: (uid) => fake.forget(uid) })
    assert.equal(await settledState(orderUid), 'placed')
    const { status } = await client.post('/orders/', body, header)
    assert.deepEqual([status, fake.stockOf(product)], [201, 8])
  })

  test('an order whose process died with the verdict in its hands is settled without taking twice', async () => {
    const { product, key, header, body } = await placedOrder()
    const orderUid = await rewind(suite, key)
    assert.equal(await settledState(orderUid), 'placed')
    const { status } = await client.post('/orders/', body, header)
    assert.deepEqual([status, fake.stockOf(product)], [201, 8])
  })

  test('a retry takes over from a dead process at once, and is one driver of many', async () => {
    const { product, key, header, body } = await placedOrder()
    await rewind(suite, key)
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.post('/orders/', body, header)))
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201])
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
    assert.equal(fake.stockOf(product), 8)
  })

  test('a lease that still runs keeps the sweeper away', async () => {
    const { key } = await placedOrder()
    const orderUid = await rewind(suite, key, { leaseSeconds: 3_600 })
    const other = await placedOrder()
    await settledState(await rewind(suite, other.key))
    assert.equal(fake.callsFor(orderUid).length, 1)
    await db.sql`update placements set lease_until = now() where order_uid = ${orderUid}`
    assert.equal(await settledState(orderUid), 'placed')
  })

  test('an order that found no verdict in two minutes is called off: 409 abandoned, for ever', async () => {
    const { product, key, header, body } = await placedOrder()
    const orderUid = await rewind(suite, key, { ageSeconds: twoMinutes, before: (uid) => fake.forget(uid) })
    assert.equal(await settledState(orderUid), 'abandoned')
    const told = await client.post('/orders/', body, header)
    assert.deepEqual([told.status, told.body.code], [409, 'abandoned'])
    fake.allocate(orderUid, body.items)
    assert.equal(fake.stockOf(product), 10)
    assert.equal((await client.post('/orders/', body, header)).text, told.text)
    assert.equal((await client.post('/orders/', body, freshKey())).status, 201)
  })

  test('an order just short of two minutes old still asks for its stock', async () => {
    const { key } = await placedOrder()
    const orderUid = await rewind(suite, key, { ageSeconds: 100, before: (uid) => fake.forget(uid) })
    assert.equal(await settledState(orderUid), 'placed')
  })

  test('an old order whose stock is held goes forward', async () => {
    const { product, key, header, body } = await placedOrder()
    const orderUid = await rewind(suite, key, { ageSeconds: twoMinutes })
    assert.equal(await settledState(orderUid), 'placed')
    assert.match(fake.callsFor(orderUid).at(-1)?.url ?? '', /\/abandonment$/)
    const { status, body: order } = await client.post('/orders/', body, header)
    assert.deepEqual([status, order.status, fake.stockOf(product)], [201, 'pending', 8])
  })

  test('an old order that was refused stays refused', async () => {
    const { product, key, header, body } = await placedOrder()
    const refuse = (uid: string) => {
      fake.forget(uid)
      fake.setStock(product, 1)
      fake.allocate(uid, body.items)
      fake.setStock(product, 10)
    }
    const orderUid = await rewind(suite, key, { ageSeconds: twoMinutes, before: refuse })
    assert.equal(await settledState(orderUid), 'refused')
    const { status, body: told } = await client.post('/orders/', body, header)
    assert.deepEqual([status, told.code], [409, 'out_of_stock'])
  })

  for (const ageSeconds of [0, twoMinutes]) {
    test(`stock that was given back already makes a cancelled order (${ageSeconds} s old)`, async () => {
      const { product, key, header, body } = await placedOrder()
      const orderUid = await rewind(suite, key, { ageSeconds, before: (uid) => fake.release(uid) })
      assert.equal(await settledState(orderUid), 'placed')
      const { status, body: order } = await client.post('/orders/', body, header)
      assert.deepEqual([status, order.status, order.items.length], [201, 'cancelled', 1])
      assert.equal(fake.stockOf(product), 10)
    })
  }

  test('forty orders left behind at once are all settled', async () => {
    const left = await Promise.all(Array.from({ length: 40 }, () => placedOrder()))
    await Promise.all(left.map(({ key }) => rewind(suite, key)))
    await eventually(async () => {
      const open = await db.sql`select from placements where state = 'placing'`
      assert.equal(open.count, 0)
    })
  })
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
