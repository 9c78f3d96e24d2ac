import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createScratchDatabase,
  type ScratchDatabase,
  variablesFor,
} from '../test-support/scratch-database.ts'

let database: ScratchDatabase
let folder: string
const children: ChildProcess[] = []
beforeEach(async () => {
  database = await createScratchDatabase()
  folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  await file('0001-cups.sql', 'create table cups (n int); insert into cups values (1)')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await database.drop()
  await rm(folder, { recursive: true })
})

const file = (name: string, statements: string) => writeFile(join(folder, name), statements)
const cups = async () => (await database.sql`select n from cups order by n`).map(({ n }) => n)
const applied = async () =>
  (await database.sql`select name from schema_migrations order by name`).map(({ name }) => name)

test('of eight processes that start at once on an empty database one runs each file', async () => {
  await file('0002-slow.sql', 'select pg_sleep(0.3); insert into cups values (2)')
  const replicas = Array.from({ length: 8 }, startReplica)
  await Promise.all(replicas.map(({ says }) => says('started')))
  assert.deepEqual(await cups(), [1, 2])
  const runs = replicas.flatMap(({ lines }) => lines.filter(({ msg }) => msg === 'migration applied'))
  assert.deepEqual(runs.map(({ migration }) => migration).sort(), ['0001-cups.sql', '0002-slow.sql'])
})

test('a process that is killed in the middle of a migration leaves nothing but its turn', async () => {
  await database.sql`create table delays as select 60 as seconds`
  await file('0002-long.sql', 'insert into cups values (2); select pg_sleep(sum(seconds)) from delays')
  const first = startReplica()
  await first.says('migration applied')
  await eventually(async () => assert.equal(await sleepers(), 1))
  const second = startReplica()
  await second.says('migration waits')
  await database.sql`delete from delays`
  const killedAt = performance.now()
  first.child.kill('SIGKILL')
  await second.says('started')
  assert.ok(performance.now() - killedAt < 10_000)
  assert.deepEqual(await cups(), [1, 2])
  assert.equal(await sleepers(), 0)
})

test('a failing migration ends the start with 1 and its name, and the next start goes on from there', async () => {
  await file('0002-more.sql', 'insert into cups values (2)')
  await file('0003-bad.sql', 'insert into cups values (3); alter table cups rename n to m; select 1 / 0')
  for (let attempt = 0; attempt < 2; attempt++) {
    const { child, lines } = startReplica()
    assert.deepEqual(await once(child, 'close'), [1, null])
    const { level, msg, err } = lines.at(-1) ?? {}
    assert.deepEqual([level, msg], [60, 'service failed'])
    assert.match(String(err?.message), /^Migration 0003-bad\.sql failed: division by zero$/)
    assert.deepEqual(
      [await cups(), await applied()],
      [
        [1, 2],
        ['0001-cups.sql', '0002-more.sql'],
      ],
    )
  }
  await file('0003-bad.sql', 'insert into cups values (3)')
  await startReplica().says('started')
  assert.deepEqual(await cups(), [1, 2, 3])
})

type Line = { level: number; msg: string; migration?: string; err?: Error }

function startReplica() {
  const main = new URL('migrating-process.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [main, folder], {
    env: { PATH: process.env.PATH, ...variablesFor(database.config) },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  })
  children.push(child)
  const lines: Line[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  const says = (beginning: string) =>
    eventually(() =>
      assert.ok(
        lines.some(({ msg }) => msg.startsWith(beginning)),
        beginning,
      ),
    )
  return { child, lines, says }
}

async function sleepers(): Promise<number> {
  const [row] = await database.sql<[{ count: number }]>`
    select count(*) from pg_stat_activity
    where datname = current_database() and state = 'active' and wait_event = 'PgSleep'`
  return row?.count ?? 0
}

async function eventually(check: () => unknown, withinMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; ; await sleep(25)) {
    try {
      await check()
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}
