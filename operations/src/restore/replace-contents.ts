import { applyMigration } from '@tallyshop/service-kit/migrations'
import { statementsOn } from '@tallyshop/service-kit/postgres'
import { inOrderOfReferences, listTables, type Table } from '../backup/catalog.ts'
import { copyIn, copyOut } from '../backup/copy-tables.ts'
import { megabytes } from '../backup/dump-database.ts'
import { type DatabaseDump, type TableDump, tablePath } from '../backup/manifest.ts'
import { CannotProceed } from '../cannot-proceed.ts'
import { type Connection, quoted } from '../connection.ts'
import type { Progress } from '../progress.ts'
import type { SchemaSteps } from './check-backup.ts'
import { emptySchema } from './empty-schema.ts'

/**
 * In the transaction that is open: makes the schema of the backup by its own migrations, loads all rows, reads them again to
 * compare their checksums, and then applies the migrations that came after. Returns the tables of the backup that no migration makes.
 */
export async function replaceContents(
  connection: Connection,
  folder: string,
  dump: DatabaseDump,
  { before, after }: SchemaSteps,
  progress: Progress,
): Promise<string[]> {
  const { db, name } = connection
  const tx = statementsOn(db)
  await emptySchema(db, name)
  for (const migration of before) await applyMigration(tx, migration)
  const tables = await inOrderOfReferences(db, await listTables(db))
  const dumps = tables.map((table) => dumpOf(table, dump, name))
  await withoutTriggers(connection, tables, async () => {
    // What migrations put there is in the backup as well, as it was then.
    for (const table of tables.toReversed()) await db.query(`delete from public.${quoted(table.name)}`)
    for (const table of dumps) await load(connection, folder, table, progress)
  })
  await setSequences(connection, dump)
  for (const table of dumps) await verify(connection, table, progress)
  for (const migration of after) await applyMigration(tx, migration)
  const made = await listTables(db)
  await db.query(`analyze ${made.map((table) => `public.${quoted(table.name)}`).join(', ')}`)
  const known = new Set(tables.map((table) => table.name))
  return dump.tables.flatMap((table) => (known.has(table.name) ? [] : [table.name]))
}

function dumpOf(table: Table, { tables }: DatabaseDump, database: string): TableDump {
  const found = tables.find(({ name }) => name === table.name)
  const theirs = found?.columns.join(', ')
  if (found && theirs === table.columns.join(', ')) return found
  throw new CannotProceed(
    `The table ${table.name} of ${database} has the columns ${table.columns.join(', ')}; ` +
      `in the backup it ${theirs ? `has ${theirs}` : 'is missing'}.`,
  )
}

/** Triggers guard what people and services write: an append-only table among them. Not those that keep references. */
async function withoutTriggers(
  { db }: Connection,
  tables: Table[],
  work: () => Promise<void>,
): Promise<void> {
  const { rows } = await db.query<{ trigger: string; table: string }>(
    `select tgname as trigger, tgrelid::regclass::text as table from pg_trigger
     where not tgisinternal and tgenabled = 'O' and tgrelid = any($1::regclass[])`,
    [tables.map(({ name }) => `public.${quoted(name)}`)],
  )
  const all = async (what: 'disable' | 'enable') => {
    for (const { trigger, table } of rows)
      await db.query(`alter table ${table} ${what} trigger ${quoted(trigger)}`)
  }
  await all('disable')
  await work()
  await all('enable')
}

async function load(
  connection: Connection,
  folder: string,
  table: TableDump,
  progress: Progress,
): Promise<void> {
  let bytes = 0
  const rows = await copyIn(connection, table, tablePath(folder, connection.name, table), (more) => {
    bytes += more
    progress.update(
      `${connection.name}: loading ${table.name}, ${megabytes(bytes)} of ${megabytes(table.bytes)}`,
    )
  })
  if (rows !== table.rows) {
    throw new CannotProceed(`${table.name} got ${rows} rows instead of ${table.rows}.`)
  }
}

async function verify(connection: Connection, table: TableDump, progress: Progress): Promise<void> {
  progress.update(`${connection.name}: reading ${table.name} again`)
  const { rows, sha256 } = await copyOut(connection, table)
  if (rows === table.rows && sha256 === table.sha256) return
  throw new CannotProceed(`${table.name} as it was loaded is not what is in the backup.`)
}

async function setSequences({ db }: Connection, { sequences }: DatabaseDump): Promise<void> {
  for (const { name, lastValue, isCalled } of sequences) {
    const sequence = `public.${quoted(name)}`
    await db.query('select setval(to_regclass($1), $2, $3) where to_regclass($1) is not null', [
      sequence,
      lastValue,
      isCalled,
    ])
  }
}
