import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPool, type Sql } from '@tallyshop/service-kit/postgres'
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '@tallyshop/service-kit/test-support/scratch-database'
import { createRandom } from '../random.ts'
import { type Link, type LinkFault, startLink } from './link.ts'

let database: ScratchDatabase
let link: Link
let sql: Sql
before(async () => {
  database = await createScratchDatabase()
  await database.sql`create table placements (n int primary key, state text not null, note text)`
})
after(() => database.drop())
beforeEach(async () => {
  await database.sql`truncate placements`
  const { port } = database.config
  link = await startLink({ name: 'a→db', port, http: false, random: createRandom(7) })
  sql = openPool({ ...database.config, host: '127.0.0.1', port: link.port })
})
afterEach(async () => {
  await sql.end()
  await link.close()
  assert.equal(link.counts().open, 0)
})

const insert = (n: number) => sql`insert into placements values (${n}, 'placing')`
const states = async () =>
  (await database.sql<{ n: number; state: string }[]>`select n, state from placements order by n`).map(
    ({ n, state }) => `${n} ${state}`,
  )
const outcome = (sending: Promise<unknown>) =>
  sending.then(
    () => 'done',
    () => 'failed',
  )
const match = { request: /insert into placements/ }

test('what nobody watches passes as it is', async () => {
  const note = 'x'.repeat(3_000_000)
  await sql`insert into placements values (1, 'placing', ${note})`
  const [row] = await sql<{ note: string }[]>`select note from placements`
  assert.equal(row?.note, note)
  await Promise.all(Array.from({ length: 50 }, (_, n) => insert(n + 2)))
  assert.equal((await states()).length, 51)
})

test('the answer to a statement is lost, and the statement was done', async () => {
  const met = link.once({ kind: 'lose_answer' }, { match, withinMs: 5_000 })
  assert.equal(await outcome(insert(1)), 'failed')
  assert.equal(await met, true)
  assert.deepEqual(await states(), ['1 placing'])
})

test('a statement is lost, and was not done', async () => {
  const met = link.once({ kind: 'lose_request' }, { match, withinMs: 5_000 })
  assert.equal(await outcome(insert(1)), 'failed')
  assert.equal(await met, true)
  assert.deepEqual(await states(), [])
})

test('the answer to a commit is found by what came before it, and is lost, done or not', async () => {
  await insert(1)
  const update = (state: string) =>
    sql.begin(async (tx) => {
      await tx`update placements set state = ${state} where n = 1`
    })
  const commit = { request: /update placements set state/, skip: 1 }
  const lost = link.once({ kind: 'lose_answer' }, { match: commit, withinMs: 5_000 })
  assert.equal(await outcome(update('placed')), 'failed')
  assert.equal(await lost, true)
  assert.deepEqual(await states(), ['1 placed'])
  const unsent = link.once({ kind: 'lose_request' }, { match: commit, withinMs: 5_000 })
  assert.equal(await outcome(update('refused')), 'failed')
  assert.equal(await unsent, true)
  assert.deepEqual(await states(), ['1 placed'])
})

test('a statement comes late, long after its connection was given up', async () => {
  const hasty = openPool(
    { ...database.config, host: '127.0.0.1', port: link.port },
    { connections: 1, statementMs: 200, lockMs: 1_000 },
  )
  const met = link.once({ kind: 'late', ms: 2_600 }, { match, withinMs: 5_000 })
  assert.equal(await outcome(hasty`insert into placements values (1, 'placing')`), 'failed')
  await sleep(100)
  assert.deepEqual(await states(), [])
  assert.equal(await met, true)
  assert.deepEqual(await states(), ['1 placing'])
  await hasty.end()
})

test('no statement is repeated, and no server answers with a status', async () => {
  link.weather({
    rate: 1,
    faults: [
      { kind: 'repeat', when: 'with' },
      { kind: 'answer', status: 503 },
    ],
  })
  assert.equal(await outcome(insert(1)), 'done')
  const { connections, open, ...met } = link.counts()
  assert.deepEqual(met, {})
})

test('a connection may fail while it is being made', async () => {
  const met = link.once({ kind: 'lose_answer' }, { match: { request: /user\0postgres/ }, withinMs: 5_000 })
  assert.equal(await outcome(insert(1)), 'failed')
  assert.equal(await met, true)
  assert.equal(await outcome(insert(2)), 'done')
})

test('in all weathers what was acknowledged is there', { timeout: 60_000 }, async () => {
  const faults: LinkFault[] = [
    { kind: 'delay', ms: 10 },
    { kind: 'delay_answer', ms: 10 },
    { kind: 'slice', bytes: 10, pauseMs: 1 },
    { kind: 'limit', bytesPerSecond: 5_000 },
    { kind: 'lose_request' },
    { kind: 'lose_answer' },
    { kind: 'cut_answer' },
    { kind: 'black_hole', ms: 50 },
    { kind: 'half_close', side: 'near' },
    { kind: 'half_close', side: 'far' },
    { kind: 'late', ms: 10 },
  ]
  link.weather({ rate: 0.1, faults })
  const outcomes = await Promise.all(
    Array.from({ length: 400 }, async (_, n) => [`${n} placing`, await outcome(insert(n))] as const),
  )
  link.weather(undefined)
  const there = new Set(await states())
  const acknowledged = outcomes.filter(([, seen]) => seen === 'done')
  assert.ok(acknowledged.length > 100 && acknowledged.length < 400, `${acknowledged.length} of 400`)
  assert.deepEqual(
    acknowledged.filter(([row]) => !there.has(row)),
    [],
  )
  assert.equal(await outcome(insert(1_000)), 'done')
  assert.ok(Object.keys(link.counts()).length > 8, JSON.stringify(link.counts()))
})
