import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLane } from '../src/lane.ts'
import { openPool, type Sql } from '../src/postgres.ts'
import { createScratchDatabase, type ScratchDatabase } from '../test-support/scratch-database.ts'

let database: ScratchDatabase
let sql: Sql
before(async () => {
  database = await createScratchDatabase()
  sql = openPool(database.config, { connections: 3, statementMs: 20_000, lockMs: 8_000 })
})
after(async () => {
  await sql.end()
  await database.drop()
})

test('a lane leaves connections to others, however many wait in it', async () => {
  const lane = openLane(sql, 2)
  const order: string[] = []
  const slow = Array.from({ length: 6 }, (_, n) =>
    lane`select pg_sleep(0.5), ${n}::int as n`.then(([row]) => void order.push(`lane ${row?.n}`)),
  )
  await sql`select 1`.then(() => void order.push('other'))
  await Promise.all(slow)
  assert.equal(order[0], 'other')
  const rounds = [order.slice(1, 3), order.slice(3, 5), order.slice(5)].map((each) => each.sort())
  assert.deepEqual(
    rounds,
    [0, 2, 4].map((n) => [`lane ${n}`, `lane ${n + 1}`]),
    'first come, first served',
  )
})

test('it tells for how long the first in line has waited, and nobody waits in one that is free', async () => {
  const lane = openLane(sql, 1)
  assert.equal(lane.waitingMs(), 0)
  const first = lane`select pg_sleep(0.4)`
  const second = lane`select 1`
  await sleep(250)
  assert.ok(lane.waitingMs() >= 200 && sql.waitingMs() === 0, `${lane.waitingMs()} ${sql.waitingMs()}`)
  await Promise.all([first, second])
  assert.equal(lane.waitingMs(), 0)
})

test('what waits for a connection outside of it counts as well', async () => {
  const lane = openLane(sql, 1)
  const all = Promise.all([1, 2, 3, 4].map(() => sql`select pg_sleep(0.4)`))
  await sleep(250)
  assert.ok(sql.waitingMs() >= 200 && lane.waitingMs() >= 200)
  await all
  assert.equal(lane.waitingMs(), 0)
})

test('a statement that fails gives its place to the next', async () => {
  const lane = openLane(sql, 1)
  const failed = assert.rejects(lane`select nonsense`)
  assert.equal((await lane`select 1`).count, 1)
  await failed
})

test('whoever waits too long in line is refused, and nobody behind is forgotten', async () => {
  const lane = openLane(sql, 1)
  const long = lane`select pg_sleep(5.5)`
  await assert.rejects(lane`select 1`, { status: 503, code: 'overloaded' })
  const late = lane`select 2`
  await Promise.all([long, late])
  assert.equal((await lane`select 3`).count, 1)
})
