import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { raw } from '@tallyshop/service-kit/postgres'
import { startTcpProxy } from '@tallyshop/service-kit/test-support/tcp-proxy'
import { assertBooksAgree } from './books.ts'
import { answerProperly, hold } from './manners.ts'
import { eventually, freshKey, line, prepareSuite } from './order-suite.ts'

const suite = await prepareSuite()
const { db, fake } = suite
const proxy = await startTcpProxy(db.config.host, db.config.port)
const client = await suite.startReplica({ postgres: { ...db.config, host: '127.0.0.1', port: proxy.port } })
after(async () => {
  await suite.close()
  await proxy.close()
})

const stateOf = async (key: { 'idempotency-key': string }) => {
  const [placement] = await db.sql`select state from placements where key = ${key['idempotency-key']}`
  return placement?.state
}

/** Sends an order, and takes the database away while the commit of its row in `table` is under way: it is done unheard. */
async function placeUnheard(
  table: 'placements' | 'orders',
  body: object,
  key: { 'idempotency-key': string },
) {
  await db.sql`create constraint trigger slow_commit after insert on ${raw(table)} deferrable initially deferred
    for each row execute function wait_at_commit()`
  const open = await db.sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(7)`
    const answer = client.post('/orders/', body, key)
    await eventually(async () => {
      const waiting = await db.sql`
        select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`
      assert.ok(waiting.count > 0)
    })
    proxy.cut()
    return answer
  })
  assert.deepEqual([open.status, open.body.code], [503, 'outcome_pending'])
  assert.equal(open.headers['idempotency-key'], key['idempotency-key'])
  await db.sql`drop trigger slow_commit on ${raw(table)}`
}

before(
  () => db.sql`create function wait_at_commit() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock(7); return null; end'`,
)

test('an intent whose commit was never heard of is settled, not doubled', async () => {
  const product = fake.addProduct({ stock: 5 })
  const key = freshKey()
  const body = { items: [line(product)] }
  await placeUnheard('placements', body, key)
  assert.deepEqual([await stateOf(key), fake.stockOf(product)], ['placing', 5])
  await db.sql`update placements set lease_until = now()`
  proxy.restore()
  await eventually(async () => assert.equal(await stateOf(key), 'placed'))
  assert.deepEqual([(await client.post('/orders/', body, key)).status, fake.stockOf(product)], [201, 4])
})

test('an order whose commit was never heard of is told as it was stored', async () => {
  const product = fake.addProduct({ stock: 5 })
  const key = freshKey()
  const body = { items: [line(product)] }
  await placeUnheard('orders', body, key)
  assert.equal(await stateOf(key), 'placed')
  proxy.restore()
  await eventually(async () => assert.equal((await client.post('/orders/', body, key)).status, 201))
  const orders = await db.sql`select from order_items where product_id = ${product}`
  assert.deepEqual([orders.count, fake.stockOf(product)], [1, 4])
})

test('who joins an order that is noted hears outcome_pending, not unavailable, when the database goes', async () => {
  const product = fake.addProduct()
  const key = freshKey()
  const body = { items: [line(product)] }
  const holding = hold('after')
  fake.manner = holding.manner
  const answers = [client.post('/orders/', body, key)]
  await eventually(() => assert.equal(holding.count(), 1))
  answers.push(client.post('/orders/', body, key))
  await eventually(async () => {
    const seen = await db.sql`
      select from pg_stat_activity where datname = current_database()
      and query like '%where order_uid = % and lease_until <= now() returning%'`
    assert.ok(seen.count > 0)
  })
  proxy.cut()
  holding.letGo()
  fake.manner = answerProperly
  for (const { status, body: told } of await Promise.all(answers)) {
    assert.deepEqual([status, told.code], [503, 'outcome_pending'])
  }
  await db.sql`update placements set lease_until = now() where state = 'placing'`
  proxy.restore()
  await eventually(async () => assert.equal(await stateOf(key), 'placed'))
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
