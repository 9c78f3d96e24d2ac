import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { check } from './check.ts'
import { judgeConnections, judgeLongTransactions } from './connections.ts'
import { openForLooks } from './database.ts'
import { type Finding, Findings } from './finding.ts'
import { startSampler } from './sampler.ts'
import { createSmallShop, keyOf, type SmallShop, standing, uids } from './small-shop.ts'
import { checkSoFar, startChecksSoFar } from './so-far.ts'

let shop: SmallShop
before(async () => {
  shop = await createSmallShop()
})
after(() => shop.drop())
beforeEach(() => shop.refill())

const without = { logFiles: [], secrets: [] }
const checksOf = (findings: Finding[]) => [...new Set(findings.map(({ check: name }) => name))].sort()

/** What a sampler finds while something is done. */
async function sampled(doing: () => Promise<unknown>): Promise<string[]> {
  const findings: Finding[] = []
  const sampler = startSampler({ ...shop, intervalMs: 10 }, (finding) => findings.push(finding))
  const twoMore = async () => {
    const wanted = sampler.samples() + 2
    for (const until = Date.now() + 20_000; sampler.samples() < wanted; await sleep(5)) {
      assert.ok(Date.now() < until, 'nothing was sampled')
    }
  }
  await twoMore()
  await doing()
  await twoMore()
  await sampler.stop()
  return checksOf(findings)
}

test('a sampler finds nothing where all is well, movements that come meanwhile included', async () => {
  const sell = `
    begin; update products set stock_quantity = stock_quantity - 2 where product_id = 1;
    insert into stock_movements (product_id, delta, reason, actor, balance)
      select 1, -2, 'edit', 'staff', stock_quantity from products where product_id = 1; commit`
  const some = async () => {
    for (let times = 0; times < 20; times += 1) await shop.product.query(sell)
  }
  assert.deepEqual(await sampled(some), [])
})

test('a sampler finds a stock that moved without a movement', async () => {
  const steal = () => shop.product.query('update products set stock_quantity = 99 where product_id = 1')
  assert.deepEqual(await sampled(steal), ['I2'])
})

test('a sampler finds a movement without the stock', async () => {
  const note = () =>
    shop.product.query(
      `insert into stock_movements (product_id, delta, reason, actor, balance) values (1, 1, 'edit', 'staff', 101)`,
    )
  assert.deepEqual(await sampled(note), ['I2'])
})

test('a sampler finds an order that stands while its stock is not held', async () => {
  const free = () =>
    shop.product.query(`update allocations set verdict = 'released' where order_uid = '${uids.standing}'`)
  assert.deepEqual(await sampled(free), ['I5'])
})

test('a sampler takes a ledger that was set back as it is', async () => {
  assert.deepEqual(await sampled(shop.refill), [])
})

test('a sampler for which a database is away finds nothing, and goes on', async () => {
  const findings: Finding[] = []
  const away = openForLooks({ host: '127.0.0.1', port: 9, user: 'x', password: 'x', database: 'x' })
  const sampler = startSampler({ product: away, order: shop.order, intervalMs: 10 }, (one) =>
    findings.push(one),
  )
  await sleep(200)
  await sampler.stop()
  await away.end()
  assert.deepEqual([findings, sampler.samples()], [[], 0])
})

test('a sampler does not hide a failure of its own', async () => {
  await shop.order.query('alter table orders rename to orders_of_old')
  try {
    const sampler = startSampler({ ...shop, intervalMs: 10 }, () => {})
    await sleep(300)
    await assert.rejects(sampler.stop(), /orders/)
  } finally {
    await shop.order.query('alter table orders_of_old rename to orders')
  }
})

test('a check in the middle says nothing of what is settling', async () => {
  await shop.order.query(`
    update orders set stock_state = 'release_due' where order_id = 2;
    insert into placements (order_uid, key, request_hash, request, lease_until)
      values (gen_random_uuid(), '${keyOf(9)}', 'd', '{"shippingAddress": "operation 9"}', now())`)
  await shop.product.query(`update allocations set verdict = 'held' where order_uid = '${uids.cancelled}';
    set session_replication_role = replica; delete from stock_movements where reason = 'cancellation';
    update stock_movements set balance = 96 where reason = 'operation 7'; reset session_replication_role;
    update products set stock_quantity = 96 where product_id = 1`)
  assert.deepEqual(await checkSoFar({ ...shop, ...without }), [])
  const atTheEnd = checksOf(await check({ ...shop, ...without }))
  for (const name of ['I9', 'unknown', 'I1']) assert.ok(atTheEnd.includes(name), `${name} in ${atTheEnd}`)
})

test('a check in the middle finds what may never be', async () => {
  shop.did({
    operation: 9,
    kind: 'order',
    key: keyOf(9),
    body: { items: [{ product_id: 1, quantity: 1 }] },
    answer: { status: 201, text: standing },
  })
  await shop.product.query(`
    insert into allocations values ('${keyOf(1)}', 'held');
    set session_replication_role = replica; delete from stock_movements where order_uid = '${uids.standing}';
    reset session_replication_role; update products set stock_quantity = 103 where product_id = 1`)
  const found = checksOf(await checkSoFar({ ...shop, ...without }))
  for (const name of ['lost', 'I1', 'I2', 'I6']) assert.ok(found.includes(name), `${name} in ${found}`)
})

test('checks that go on tell each finding once', async () => {
  await shop.product.query('update products set stock_quantity = 99 where product_id = 1')
  const findings: Finding[] = []
  const checks = startChecksSoFar({ ...shop, ...without, intervalMs: 10 }, (one) => findings.push(one))
  for (const until = Date.now() + 20_000; checks.looks() < 3; await sleep(10)) assert.ok(Date.now() < until)
  await checks.stop()
  assert.deepEqual(checksOf(findings), ['I2'])
  assert.equal(findings.length, 1)
})

test('a transaction that is left open, and sessions that no pool holds, are found', async () => {
  const { host, port, user, password, database } = shop.order.options
  const server = { host, port, user, password, database } as pg.ClientConfig
  const clients = [new pg.Client(server), new pg.Client(server)]
  const found = async (most: number) => {
    const findings = new Findings()
    await judgeConnections('order_db', shop.order, most, findings.add)
    return findings.list().map(({ detail }) => detail)
  }
  try {
    for (const client of clients) await client.connect()
    assert.deepEqual(await found(2), [])
    assert.match((await found(1)).join(), /2 sessions are open, and the pools hold 1/)
    await clients[0]?.query('begin; select 1')
    assert.match((await found(2)).join(), /idle in transaction/)
    const findings = new Findings()
    await judgeLongTransactions('order_db', shop.order, 0.2, findings.add)
    assert.deepEqual(checksOf(findings.list()), ['long transaction'])
  } finally {
    for (const client of clients) await client.end()
  }
})
