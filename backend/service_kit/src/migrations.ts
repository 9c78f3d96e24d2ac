import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseUnavailable, openPool, type PostgresConfig, raw, type Sql } from './postgres.ts'

const patience = { connections: 1, statementMs: 600_000, lockMs: 60_000 }

/**
 * Brings the schema up to the files of `folder`, in name order, each once and in a transaction of its own. Replicas
 * that start together take turns. Waits up to 30 s for the server; a failing or changed file ends in an error
 * that names it, and the schema stays as it was before that file.
 */
export async function migrate(config: PostgresConfig, folder: string): Promise<void> {
  const sql = openPool(config, patience)
  try {
    await waitUntilReachable(sql)
    for (const file of await migrationFiles(folder)) await applyOnce(sql, file)
  } finally {
    await sql.end()
  }
}

/** What keeps this database from serving, in words; empty when it is ready. */
export async function missingFromDatabase(
  sql: Sql,
  config: PostgresConfig,
  folder: string,
): Promise<string[]> {
  try {
    const files = await migrationFiles(folder)
    const applied = new Set((await sql`select name from schema_migrations`).map(({ name }) => name))
    const missing = files.filter(({ name }) => !applied.has(name)).map(({ name }) => `migration ${name}`)
    const [setting] = await sql`select current_setting('fsync') as fsync`
    if (setting?.fsync === 'off' && !config.scratch) missing.push('durable database (fsync is off)')
    return missing
  } catch {
    return ['database']
  }
}

type MigrationFile = { name: string; statements: string; checksum: string }

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

async function migrationFiles(folder: string): Promise<MigrationFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const statements = await readFile(join(folder, name), 'utf8')
      return { name, statements, checksum: createHash('sha256').update(statements).digest('hex') }
    }),
  )
}

async function applyOnce(sql: Sql, { name, statements, checksum }: MigrationFile): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext('schema_migrations'))`
    await tx`create table if not exists schema_migrations (
      name text primary key, checksum text not null, applied_at timestamptz not null default now())`
    const [applied] = await tx`select checksum from schema_migrations where name = ${name}`
    if (applied && applied.checksum !== checksum)
      throw new Error(`Migration ${name} was changed after it ran.`)
    if (applied) return
    await tx`${raw(statements)}`.catch((cause) => {
      throw new Error(`Migration ${name} failed: ${cause.message}`, { cause })
    })
    await tx`insert into schema_migrations (name, checksum) values (${name}, ${checksum})`
  })
}
