import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseUnavailable, openPool, type Sql } from '../src/postgres.ts'
import {
  createScratchDatabase,
  endConnections,
  type ScratchDatabase,
} from '../test-support/scratch-database.ts'
import { startTcpProxy, type TcpProxy } from '../test-support/tcp-proxy.ts'

let database: ScratchDatabase
let proxy: TcpProxy
let sql: Sql
before(async () => {
  database = await createScratchDatabase()
  await database.sql`create table entries (n int primary key)`
})
after(() => database.drop())
beforeEach(async () => {
  proxy = await startTcpProxy(database.config.host, database.config.port)
  sql = openPool({ ...database.config, host: '127.0.0.1', port: proxy.port })
})
afterEach(async () => {
  await sql.end()
  await proxy.close()
})

/** What became of a statement within four seconds: less than the time-out of a connection that is never greeted. */
const outcome = (statement: PromiseLike<unknown>) =>
  Promise.race([
    statement.then(
      () => 'done',
      (error) => (isDatabaseUnavailable(error) ? 'unavailable' : error),
    ),
    sleep(4_000, 'no answer', { ref: false }),
  ])
const openAll = () => Promise.all(Array.from({ length: 10 }, () => sql`select pg_sleep(0.02)`))

test('statements on connections that broke are refused, not forgotten and not called done', async () => {
  for (let round = 0; round < 3; round++) {
    await openAll()
    proxy.cut()
    for (let n = 0; n < 15; n++) {
      assert.equal(await outcome(sql`insert into entries values (${round * 100 + n})`), 'unavailable')
    }
    proxy.restore()
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => outcome(sql`select 1`))), Array(3).fill('done'))
  }
  assert.equal((await database.sql`select from entries`).length, 0)
})

test('an outage is over when it is over, however long it was asked through', async () => {
  proxy.cut()
  for (let i = 0; i < 60; i++) assert.equal(await outcome(sql`select 1`), 'unavailable')
  proxy.restore()
  const startedAt = performance.now()
  assert.equal(await outcome(sql`select 1`), 'done')
  assert.ok(performance.now() - startedAt < 3_000)
})

test('under load every statement said to be done is done, and none waits', async () => {
  const done: number[] = []
  let over = false
  let next = 1_000
  const worker = async () => {
    while (!over) {
      const n = next++
      const insert =
        n % 3
          ? sql`insert into entries values (${n})`
          : sql.begin((tx) => tx`insert into entries values (${n})`)
      const became = await outcome(insert)
      if (became === 'done') done.push(n)
      else assert.equal(became, 'unavailable')
      await sleep(n % 3)
    }
  }
  const workers = Array.from({ length: 30 }, worker)
  for (let i = 0; i < 12; i++) {
    await sleep(60)
    if (i % 3 === 0) await endConnections(database)
    else {
      proxy.cut()
      await sleep(i % 3 === 1 ? 5 : 80)
      proxy.restore()
    }
  }
  await sleep(200)
  over = true
  await Promise.all(workers)
  const rows = new Set((await database.sql`select n from entries`).map(({ n }) => n))
  assert.ok(done.length > 20, String(done.length))
  assert.deepEqual(
    done.filter((n) => !rows.has(n)),
    [],
  )
})

test('a transaction whose connection breaks is refused and leaves nothing', async () => {
  const transaction = sql.begin(async (tx) => {
    await tx`insert into entries values (1)`
    proxy.cut()
    await sleep(50)
    await tx`insert into entries values (2)`
  })
  assert.equal(await outcome(transaction), 'unavailable')
  proxy.restore()
  await sleep(50)
  assert.equal((await database.sql`select from entries where n in (1, 2)`).length, 0)
})

test('a server that hangs up in its greeting is unavailable', async () => {
  const rude = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
  const address = rude.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const pool = openPool({ ...database.config, host: '127.0.0.1', port })
  assert.equal(await outcome(pool`select 1`), 'unavailable')
  await pool.end()
  rude.close()
})

test('a statement that waits too long for a row is unavailable, and one that is wrong is not', async () => {
  const wrong = await sql`select nonsense`.catch((error) => error)
  assert.equal(isDatabaseUnavailable(wrong), false)
  const waited = await sql
    .begin(async (tx) => {
      await tx`set local statement_timeout = 50`
      return tx`select pg_sleep(1)`
    })
    .catch((error) => error)
  assert.equal(isDatabaseUnavailable(waited), true)
})

test('a transaction that swallowed a failure is not said to be done', async () => {
  const transaction = sql.begin(async (tx) => {
    await tx`insert into entries values (7)`
    await tx`insert into entries values (7)`.catch(() => {})
    return 'fine'
  })
  await assert.rejects(transaction, /rolled back/)
  assert.equal((await database.sql`select from entries where n = 7`).length, 0)
})
