import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { hadNoEffect, isDatabaseUnavailable, openPool, raw, type Sql } from '../src/postgres.ts'
import {
  createScratchDatabase,
  endConnections,
  type ScratchDatabase,
} from '../test-support/scratch-database.ts'
import { startTcpProxy } from '../test-support/tcp-proxy.ts'

let database: ScratchDatabase
let sql: Sql
before(async () => {
  database = await createScratchDatabase()
  await database.sql`create table entries (n int primary key)`
  sql = openPool(database.config, { connections: 4, statementMs: 1_000, lockMs: 700 })
})
after(async () => {
  await sql.end()
  await database.drop()
})

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => assert.fail('it was done'),
    (error: unknown) => error,
  )
const judged = (error: unknown) =>
  isDatabaseUnavailable(error) ? (hadNoEffect(error) ? 'nothing happened' : 'not known') : error
const sick = (code: string) =>
  raw(`do $$ begin raise exception 'out of order' using errcode = '${code}'; end $$`)

describe('a server that is not well', () => {
  const codes = [
    '53100',
    '53200',
    '53400',
    '58030',
    '58P01',
    'XX000',
    'XX001',
    '25006',
    '40001',
    '40P01',
    '57014',
  ]
  for (const code of codes) {
    test(`is unavailable when it ends a statement with ${code}, and did nothing`, async () => {
      assert.equal(judged(await failureOf(sql`${sick(code)}`)), 'nothing happened')
      assert.equal(judged(await failureOf(sql.begin((tx) => tx`${sick(code)}`))), 'nothing happened')
    })
  }

  test('is not what a wrong statement is due to', async () => {
    const wrong = ['select nonsense', 'select 1/0', 'insert into entries values (1), (1)']
    for (const text of wrong) {
      assert.equal(isDatabaseUnavailable(await failureOf(sql`${raw(text)}`)), false, text)
    }
  })
})

test('a statement that may not write is unavailable, and the connection is not used again', async () => {
  const [first] = await sql`select pg_backend_pid() as pid`
  const readOnly = sql.begin(async (tx) => {
    await tx`set transaction read only`
    await tx`insert into entries values (2)`
  })
  assert.equal(judged(await failureOf(readOnly)), 'nothing happened')
  const [next] = await sql`select pg_backend_pid() as pid`
  assert.notEqual(first?.pid, next?.pid)
})

test('of two transactions that wait for each other one is unavailable and did nothing', async () => {
  await database.sql`insert into entries values (10), (11)`
  const lockBoth = (first: number, second: number) =>
    sql.begin(async (tx) => {
      await tx`set local deadlock_timeout = '50ms'`
      await tx`select from entries where n = ${first} for update`
      await sleep(100)
      await tx`select from entries where n = ${second} for update`
    })
  const [one, other] = await Promise.allSettled([lockBoth(10, 11), lockBoth(11, 10)])
  const lost = [one, other].flatMap((each) => (each.status === 'rejected' ? [judged(each.reason)] : []))
  assert.deepEqual(lost, ['nothing happened'])
})

describe('a connection that is ended by the server', () => {
  const end = () => endConnections(database)

  test('between the statements of a transaction leaves nothing', async () => {
    const transaction = sql.begin(async (tx) => {
      await tx`insert into entries values (20)`
      await end()
      await sleep(50)
      await tx`insert into entries values (21)`
    })
    assert.equal(judged(await failureOf(transaction)), 'nothing happened')
  })

  test('in a statement of a transaction leaves nothing', async () => {
    const transaction = sql.begin(async (tx) => {
      await tx`insert into entries values (22)`
      setTimeout(end, 100)
      await tx`select pg_sleep(0.9)`
    })
    assert.equal(judged(await failureOf(transaction)), 'nothing happened')
  })

  test('in a statement of its own is not known to have done nothing', async () => {
    setTimeout(end, 100)
    assert.equal(judged(await failureOf(sql`insert into entries select 23 from pg_sleep(0.9)`)), 'not known')
  })

  test('because its transaction did nothing for too long leaves nothing', async () => {
    const transaction = sql.begin(async (tx) => {
      await tx`set local idle_in_transaction_session_timeout = 50`
      await tx`insert into entries values (24)`
      await sleep(200)
      await tx`insert into entries values (25)`
    })
    assert.equal(judged(await failureOf(transaction)), 'nothing happened')
  })

  test('holds no row and no place in the pool', async () => {
    assert.equal((await database.sql`select from entries where n between 20 and 25`).count, 0)
    const [row] = await sql`
      select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'`
    assert.equal(row?.count, 0)
    const all = await Promise.all([1, 2, 3, 4].map(() => sql`select pg_backend_pid() as pid, pg_sleep(0.05)`))
    assert.equal(new Set(all.map(([each]) => each?.pid)).size, 4)
  })
})

test('a server that refuses another connection is unavailable, and did nothing', async () => {
  const role = raw(`limited_${database.config.database}`)
  await database.sql`create role ${role} login password 'limited' connection limit 0`
  const limited = openPool({ ...database.config, user: role.sql, password: 'limited' })
  assert.equal(judged(await failureOf(limited`select 1`)), 'nothing happened')
  await limited.end()
  await database.sql`drop role ${role}`
})

test('whoever waits too long for a connection is told so, and did nothing', async () => {
  const narrow = openPool(database.config, {
    connections: 1,
    statementMs: 9_000,
    lockMs: 700,
    connectMs: 300,
  })
  const held = narrow`select pg_sleep(1)`
  assert.equal(judged(await failureOf(narrow`select 1`)), 'nothing happened')
  await held
  assert.equal((await narrow`select 1`).count, 1)
  await narrow.end()
})

test('a server that falls silent in a transaction is not asked to roll it back', async () => {
  const proxy = await startTcpProxy(database.config.host, database.config.port)
  const config = { ...database.config, host: '127.0.0.1', port: proxy.port }
  const pool = openPool(config, { connections: 1, statementMs: 400, lockMs: 300 })
  const startedAt = performance.now()
  const transaction = pool.begin(async (tx) => {
    await tx`insert into entries values (30)`
    proxy.silence()
    await tx`insert into entries values (31)`
  })
  assert.equal(judged(await failureOf(transaction)), 'nothing happened')
  assert.ok(
    performance.now() - startedAt < 4_000,
    'it waits for one statement, and not for a rollback as well',
  )
  assert.equal((await pool`select 1`).count, 1, 'the pool has another connection')
  await pool.end()
  await proxy.close()
})

test('the server ends a statement whose asker is gone', async () => {
  const proxy = await startTcpProxy(database.config.host, database.config.port)
  const pool = openPool({ ...database.config, host: '127.0.0.1', port: proxy.port })
  const asked = pool`select pg_sleep(9), 'asked by who is gone'`.catch(() => {})
  const running = async () =>
    (
      await database.sql`select from pg_stat_activity where query like '%asked by who is gone%'
        and state = 'active' and pid <> pg_backend_pid()`
    ).count
  while ((await running()) === 0) await sleep(20)
  proxy.cut()
  const goneAt = performance.now()
  while ((await running()) > 0) await sleep(100)
  assert.ok(performance.now() - goneAt < 6_000)
  await asked
  await pool.end()
  await proxy.close()
})
