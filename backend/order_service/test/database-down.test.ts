import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { raw } from '@tallyshop/service-kit/postgres'
import { endConnections } from '@tallyshop/service-kit/test-support/scratch-database'
import { startTcpProxy } from '@tallyshop/service-kit/test-support/tcp-proxy'
import { assertBooksAgree } from './books.ts'
import { eventually, freshKey, line, prepareSuite } from './order-suite.ts'

const suite = await prepareSuite()
after(suite.close)
const { db, fake } = suite

/** A replica whose database can be taken away. */
async function replicaBehindProxy() {
  const proxy = await startTcpProxy(db.config.host, db.config.port)
  const client = await suite.startReplica({ postgres: { ...db.config, host: '127.0.0.1', port: proxy.port } })
  return { client, proxy }
}

test('without its database the service lives, is not ready, answers 503 and records nothing', async () => {
  const { client, proxy } = await replicaBehindProxy()
  await proxy.close()
  const ready = await client.get('/readyz')
  assert.deepEqual([ready.status, ready.body.missing], [503, ['database']])
  assert.equal((await client.get('/livez')).status, 200)
  const key = freshKey()
  // A key of the caller's own may be known already, so that it is not true to say that nothing is.
  const keyed = await client.post('/orders/', { items: [line(fake.addProduct())] }, key)
  assert.deepEqual([keyed.status, keyed.body.code], [503, 'outcome_pending'])
  assert.equal(keyed.headers['idempotency-key'], key['idempotency-key'])
  const answers = [
    await client.post('/orders/', { items: [line(fake.addProduct())] }),
    await client.get('/orders/'),
    await client.get('/orders/1'),
    await client.patch('/orders/1/status?new_status=shipped'),
    await client.delete('/orders/1'),
  ]
  for (const { status, body, headers } of answers) {
    assert.deepEqual([status, body.code, headers['retry-after']], [503, 'unavailable', '1'])
    assert.doesNotMatch(body.detail, /ECONN|127\.0|select|postgres/i)
  }
  assert.equal((await db.sql`select from placements`).count, 0)
  assert.equal(fake.calls.length, 0)
  await client.stop()
})

test('when the database is back, so is the service', async () => {
  const { client, proxy } = await replicaBehindProxy()
  const product = fake.addProduct({ stock: 4 })
  const key = freshKey()
  proxy.cut()
  assert.equal((await client.get('/orders/')).status, 503)
  assert.equal((await client.post('/orders/', { items: [line(product)] }, key)).status, 503)
  proxy.restore()
  await eventually(async () => assert.equal((await client.get('/readyz')).status, 200))
  const placed = await client.post('/orders/', { items: [line(product)] }, key)
  assert.deepEqual([placed.status, fake.stockOf(product)], [201, 3])
  await client.stop()
  await proxy.close()
})

test('orders that meet the end of every connection are placed once, however often they are repeated', async () => {
  const client = await suite.startReplica()
  const product = fake.addProduct({ stock: 40 })
  const keys = Array.from({ length: 40 }, () => freshKey())
  const orders = keys.map(async (key) => {
    const statuses: number[] = []
    while (statuses.at(-1) !== 201 && statuses.length < 100) {
      const { status } = await client.post('/orders/', { items: [line(product)] }, key)
      statuses.push(status)
    }
    return statuses
  })
  for (let round = 0; round < 4; round += 1) await endConnections(db)
  // What was given up unheard is under a lease of 15 s still.
  await eventually(() => db.sql`update placements set lease_until = now() where state = 'placing'`)
  const seen = new Set((await Promise.all(orders)).flat())
  assert.ok(seen.has(201) && [...seen].every((status) => [201, 409, 503].includes(status)), `${[...seen]}`)
  const found = await db.sql`select from order_items where product_id = ${product}`
  assert.deepEqual([found.count, fake.stockOf(product)], [40, 0])
})

test('a server that cannot write makes no order and loses none', async () => {
  const client = await suite.startReplica()
  const product = fake.addProduct({ stock: 5 })
  const order = (key = {}) => client.post('/orders/', { items: [line(product)] }, key)
  const standing = await order()
  const sicken = async (table: string, code: string) => {
    await db.sql`create or replace function fail() returns trigger language plpgsql as ${raw(
      `$$ begin raise exception 'sick' using errcode = '${code}'; end $$`,
    )}`
    await db.sql`create trigger sick before insert or update on ${raw(table)} execute function fail()`
  }
  for (const code of ['53100', '58030', '25006', 'XX000', '40001']) {
    await sicken('placements', code)
    const refused = await order()
    assert.deepEqual([refused.status, refused.body.code], [503, 'unavailable'], code)
    await db.sql`drop function fail() cascade`
    await sicken('orders', code)
    const moved = await client.patch(`/orders/${standing.body.order_id}/status?new_status=shipped`)
    assert.deepEqual([moved.status, moved.body.code], [503, 'unavailable'], code)
    const removed = await client.delete(`/orders/${standing.body.order_id}`)
    assert.deepEqual([removed.status, removed.body.code], [503, 'unavailable'], code)
    await db.sql`drop function fail() cascade`
  }
  await sicken('orders', '53100')
  const key = freshKey()
  const pending = await order(key)
  assert.deepEqual([pending.status, pending.body.code], [503, 'outcome_pending'])
  await db.sql`drop function fail() cascade`
  await eventually(async () => assert.equal((await order(key)).status, 201))
  assert.equal(fake.stockOf(product), 3)
  await client.stop()
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
