import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate, missingFromDatabase } from '../src/migrations.ts'
import { captureLog } from '../test-support/log-lines.ts'
import { createScratchDatabase, type ScratchDatabase } from '../test-support/scratch-database.ts'
import { startTcpProxy } from '../test-support/tcp-proxy.ts'

let database: ScratchDatabase
let folder: string
beforeEach(async () => {
  database = await createScratchDatabase()
  folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  await file('0001-cups.sql', 'create table cups (n int); insert into cups values (1)')
})
afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

const file = (name: string, statements: string) => writeFile(join(folder, name), statements)
const applied = async () =>
  (await database.sql`select name from schema_migrations order by name`).map(({ name }) => name)
const cups = async () => (await database.sql`select n from cups order by n`).map(({ n }) => n)
const run = (config = database.config) => migrate(config, folder, captureLog().log)
const missing = () => missingFromDatabase(database.sql, database.config, folder)

test('every file runs once and in the order of names, whatever else is in the folder', async () => {
  await file('0010-third.sql', 'insert into cups select max(n) * 2 from cups')
  await file('0002-second.sql', 'insert into cups values (10)')
  await file('README.md', 'not a statement')
  for (let i = 0; i < 2; i++) {
    await run()
    assert.deepEqual(await cups(), [1, 10, 20])
  }
  assert.deepEqual(await applied(), ['0001-cups.sql', '0002-second.sql', '0010-third.sql'])
})

test('of ten replicas that start at once on an empty database one runs each file', async () => {
  await file('0002-slow.sql', 'select pg_sleep(0.05); insert into cups values (2)')
  await Promise.all(Array.from({ length: 10 }, run))
  assert.deepEqual(await cups(), [1, 2])
})

test('a file that was changed after it ran is refused by its name', async () => {
  await run()
  await file('0001-cups.sql', 'create table cups (n bigint)')
  await assert.rejects(run(), /0001-cups\.sql was changed after it ran/)
})

test('a file that fails is named and leaves nothing of itself, and what ran before it stays', async () => {
  await file('0002-bad.sql', 'insert into cups values (2); create table pots (n int); select 1 / 0')
  await file('0003-never.sql', 'insert into cups values (3)')
  await assert.rejects(run(), /0002-bad\.sql failed: division by zero/)
  assert.deepEqual([await cups(), await applied()], [[1], ['0001-cups.sql']])
  assert.deepEqual(await missing(), ['migration 0002-bad.sql', 'migration 0003-never.sql'])
  await file('0002-bad.sql', 'insert into cups values (2)')
  await run()
  assert.deepEqual([await cups(), await missing()], [[1, 2, 3], []])
})

test('a file that must not run in a transaction is refused by its name', async () => {
  await run()
  for (const statements of ['create index concurrently on cups (n)', 'vacuum cups']) {
    await file('0002-alone.sql', statements)
    await assert.rejects(run(), /0002-alone\.sql failed: .+ cannot (run inside|be executed)/, statements)
  }
  assert.deepEqual([await cups(), await applied()], [[1], ['0001-cups.sql']])
})

test('a file that ends its transaction is refused by its name: half of it could stay', async () => {
  for (const end of ['commit', 'rollback', 'commit; begin']) {
    await file('0002-ends.sql', `insert into cups values (2); ${end}; insert into cups values (3)`)
    await assert.rejects(run(), /0002-ends\.sql must not end its transaction/, end)
    assert.deepEqual(await applied(), ['0001-cups.sql'])
  }
})

test('a file whose fault is found only at its end is named too, and leaves nothing', async () => {
  await file(
    '0002-late.sql',
    'alter table cups add unique (n) deferrable initially deferred; insert into cups values (1)',
  )
  await assert.rejects(run(), /0002-late\.sql could not be applied: .+ violates unique constraint/)
  assert.deepEqual([await cups(), await applied()], [[1], ['0001-cups.sql']])
})

test('a table that is in use is waited for, and whoever reads it meanwhile waits briefly', async () => {
  await run()
  await file('0002-more.sql', 'alter table cups add column handles int not null default 1')
  const { migrated, slowestMs } = await database.sql.begin(async (tx) => {
    await tx`select from cups`
    const migrated = run()
    let slowestMs = 0
    for (const end = Date.now() + 5_000; Date.now() < end; await sleep(50)) {
      const asked = performance.now()
      await cups()
      slowestMs = Math.max(slowestMs, performance.now() - asked)
    }
    assert.deepEqual(await missing(), ['migration 0002-more.sql'])
    return { migrated, slowestMs }
  })
  await migrated
  assert.deepEqual(await missing(), [])
  assert.ok(slowestMs > 500 && slowestMs < 4_000, `${slowestMs} ms`)
})

test('on a schema of a newer version an older one starts, and warns of what it does not know', async () => {
  await file('0002-newer.sql', 'alter table cups add column handles int')
  await run()
  await rm(join(folder, '0002-newer.sql'))
  const { log, lines } = captureLog()
  await migrate(database.config, folder, log)
  assert.deepEqual(await missing(), [])
  const [warning = '', ...more] = lines
  const { level, migrations } = JSON.parse(warning)
  assert.deepEqual([level, migrations, more], [40, ['0002-newer.sql'], []])
})

test('a start waits for a database that is not there yet', async () => {
  const proxy = await startTcpProxy(database.config.host, database.config.port)
  proxy.cut()
  const running = run({ ...database.config, host: '127.0.0.1', port: proxy.port })
  await sleep(600)
  proxy.restore()
  await running
  await proxy.close()
  assert.deepEqual(await cups(), [1])
})

test('a database that does not exist or refuses the user ends the start at once', async () => {
  const nowhere = { ...database.config, database: `${database.config.database}_not` }
  await assert.rejects(run(nowhere), /does not exist/)
})

test('a database with fsync off is not ready, unless it is a scratch one', async () => {
  await run()
  const [setting] = await database.sql`select current_setting('fsync') as fsync`
  const shop = await missingFromDatabase(database.sql, { ...database.config, scratch: false }, folder)
  assert.deepEqual(shop, setting?.fsync === 'off' ? ['durable database (fsync is off)'] : [])
  assert.deepEqual(await missing(), [])
})
