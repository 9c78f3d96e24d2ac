import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from './logger.ts'
import {
  isDatabaseUnavailable,
  isLockedOut,
  openPool,
  type PostgresConfig,
  raw,
  type Sql,
  type Transaction,
} from './postgres.ts'

// Who uses a table queues behind whoever waits to change it: so a migration waits briefly, and tries again.
const limits = { connections: 1, statementMs: 600_000, lockMs: 2_000 }
const pauseMs = 2_000
const patienceMs = 600_000

/**
 * Brings the schema up to the files of `folder`, in name order, each once and in a transaction of its own. Replicas
 * that start together take turns, and one that is killed leaves its turn to the next. Waits up to 30 s for the server
 * and 10 min for locks; a failing or changed file ends in a MigrationError that names it, and the schema stays as it
 * was before that file. A schema that is newer than `folder` is left as it is, with a warning.
 */
export async function migrate(config: PostgresConfig, folder: string, log: Logger): Promise<void> {
  const sql = openPool(config, limits)
  try {
    await waitUntilReachable(sql)
    const migrations = await readMigrations(folder)
    for (const migration of migrations) await applyWhenFree(sql, migration, log)
    await tellOfNewer(sql, migrations, log)
  } finally {
    await sql.end()
  }
}

/** A migration that cannot be applied; the message names its file and says why. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

/** What keeps this database from serving, in words; empty when it is ready. */
export async function missingFromDatabase(
  sql: Sql,
  config: PostgresConfig,
  folder: string,
): Promise<string[]> {
  try {
    const files = await readMigrations(folder)
    const applied = new Set((await sql`select name from schema_migrations`).map(({ name }) => name))
    const missing = files.filter(({ name }) => !applied.has(name)).map(({ name }) => `migration ${name}`)
    const [setting] = await sql`select current_setting('fsync') as fsync`
    if (setting?.fsync === 'off' && !config.scratch) missing.push('durable database (fsync is off)')
    return missing
  } catch {
    return ['database']
  }
}

/** A file of a migrations folder; `checksum` is its SHA-256. */
export type Migration = { name: string; statements: string; checksum: string }

async function waitUntilReachable(sql: Sql): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      await sql`select 1`
      return
    } catch (error) {
      if (!isDatabaseUnavailable(error) || Date.now() > deadline) throw error
      await sleep(250)
    }
  }
}

/** All migrations of a folder, in the order in which they are applied. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const statements = await readFile(join(folder, name), 'utf8')
      return { name, statements, checksum: createHash('sha256').update(statements).digest('hex') }
    }),
  )
}

/**
 * Applies a migration unless it was before, notes it, and says whether it did. No other process does so until this
 * transaction ends. Throws a MigrationError.
 */
export async function applyMigration(tx: Transaction, migration: Migration): Promise<boolean> {
  const { name, statements, checksum } = migration
  await tx`select pg_advisory_xact_lock(hashtext('schema_migrations'))`
  await tx`create table if not exists schema_migrations (
    name text primary key, checksum text not null, applied_at timestamptz not null default now())`
  const [applied] = await tx`select checksum from schema_migrations where name = ${name}`
  if (applied && applied.checksum !== checksum)
    throw new MigrationError(`Migration ${name} was changed after it ran.`)
  if (applied) return false
  const [before] = await tx`select pg_current_xact_id()::text as id`
  await tx`${raw(statements)}`.catch((cause) => {
    throw new MigrationError(`Migration ${name} failed: ${cause.message}`, { cause })
  })
  const [after] = await tx`select pg_current_xact_id()::text as id`
  if (before?.id !== after?.id) throw new MigrationError(`Migration ${name} must not end its transaction.`)
  await tx`insert into schema_migrations (name, checksum) values (${name}, ${checksum})`
  return true
}

async function applyWhenFree(sql: Sql, migration: Migration, log: Logger): Promise<void> {
  const { name } = migration
  const begin = Date.now()
  for (;;) {
    try {
      const applied = await sql.begin(async (tx) => {
        // Otherwise the server goes on with the statement of a process that is gone, and keeps its locks meanwhile.
        await tx`set local client_connection_check_interval = '1s'`
        return applyMigration(tx, migration)
      })
      if (applied) log.info({ migration: name, ms: Date.now() - begin }, 'migration applied')
      return
    } catch (error) {
      const cause = error instanceof MigrationError ? error.cause : error
      if (!isLockedOut(cause) || Date.now() - begin > patienceMs) throw inItsName(name, error)
      log.info({ migration: name }, 'migration waits for another replica, or for whoever uses its tables')
      await sleep(pauseMs)
    }
  }
}

/** What is wrong may be found only when the migration is committed. */
function inItsName(name: string, error: unknown): unknown {
  if (error instanceof MigrationError || !(error instanceof Error)) return error
  return new MigrationError(`Migration ${name} could not be applied: ${error.message}`, { cause: error })
}

/** What an older version finds after a newer one was taken back: migrations only add what it need not know. */
async function tellOfNewer(sql: Sql, migrations: Migration[], log: Logger): Promise<void> {
  const names = migrations.map(({ name }) => name)
  const newer = await sql`select name from schema_migrations where name <> all(${names}) order by name`
  if (newer.length === 0) return
  log.warn(
    { migrations: newer.map(({ name }) => name) },
    'the schema is newer than this version: it has had migrations that are not known here',
  )
}
