import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import type { EnvironmentReader } from './environment.ts'
import { createSocketOpener } from './postgres-socket.ts'

const numberTypes = {
  // Every bigint and numeric of this system has at most 15 digits, so a double holds it exactly.
  bigint: { to: 20, from: [20], serialize: String, parse: Number },
  numeric: { to: 1700, from: [1700], serialize: String, parse: Number },
}

/** Arrays as parameters. The driver would ask for them on each new connection, and ends the process if that fails. */
const arrayTypes = Object.fromEntries(
  [1007, 1009, 1016].map((oid) => [
    oid,
    { to: oid, from: [], serialize: (values: unknown[]) => `{${values.map(quote).join()}}` },
  ]),
)

export type Sql = postgres.Sql<{ bigint: number; numeric: number }>
export type Transaction = postgres.TransactionSql<{ bigint: number; numeric: number }>

export type PostgresConfig = {
  host: string
  port: number
  user: string
  password: string
  database: string
  /** A throw-away database of a test may run with fsync=off; a shop's may not. */
  scratch: boolean
}

export function readPostgresConfig(read: EnvironmentReader, database: string): PostgresConfig {
  return {
    host: read.text('POSTGRES_HOST', 'localhost'),
    port: read.integer('POSTGRES_PORT', 5432, { min: 1, max: 65535 }),
    user: read.text('POSTGRES_USER', 'postgres'),
    password: read.text('POSTGRES_PASSWORD', 'postgres'),
    database: read.text('POSTGRES_DB', database),
    scratch: read.flag('POSTGRES_SCRATCH', false),
  }
}

/** A pool of at most 10 connections; a statement ends after 10 s, a wait for a lock after 8 s, both in an error. */
export function openPool(config: PostgresConfig): Sql {
  return connect(config, { max: 10, statement_timeout: 10_000, lock_timeout: 8_000 })
}

/** True where the server could not be asked or went away while it was: nothing is wrong with the statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|57P0|08|53300|57014|55P03)/.test(
    code,
  )
}

/** True where a statement surely had no effect, because no connection to send it on could be made. */
export function wasNeverSent(error: unknown): boolean {
  return /^(CONNECT_TIMEOUT|ECONNREFUSED|ENOTFOUND|EAI_AGAIN)/.test(codeOf(error))
}

/**
 * Brings the schema up to the files of `folder`, in name order, each once and in a transaction of its own. Replicas
 * that start together take turns. Waits up to 30 s for the server; a failing or changed file ends in an error
 * that names it, and the schema stays as it was before that file.
 */
export async function migrate(config: PostgresConfig, folder: string): Promise<void> {
  const sql = connect(config, { max: 1, statement_timeout: 0, lock_timeout: 60_000 })
  try {
    await waitUntilReachable(sql)
    for (const file of await migrationFiles(folder)) await applyOnce(sql, file)
  } finally {
    await sql.end({ timeout: 5 })
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

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function quote(value: unknown): string {
  return `"${String(value).replace(/["\\]/g, '\\$&')}"`
}

type Limits = { max: number; statement_timeout: number; lock_timeout: number }
type MigrationFile = { name: string; statements: string; checksum: string }

function connect({ scratch, user, ...config }: PostgresConfig, { max, ...timeouts }: Limits): Sql {
  return postgres({
    ...config,
    username: user,
    max,
    connect_timeout: 5,
    // The driver's own back-off grows to 20 s, and requests would wait it out: during an outage, and after its end.
    backoff: () => 0.1,
    // An option that its types do not know.
    ...({ socket: createSocketOpener() } as object),
    connection: { ...timeouts, idle_in_transaction_session_timeout: 15_000, TimeZone: 'UTC' },
    types: { ...arrayTypes, ...numberTypes },
    fetch_types: false,
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
    onnotice: () => {},
  })
}

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
    await tx.unsafe(statements).catch((cause) => {
      throw new Error(`Migration ${name} failed: ${cause.message}`, { cause })
    })
    await tx`insert into schema_migrations (name, checksum) values (${name}, ${checksum})`
  })
}
