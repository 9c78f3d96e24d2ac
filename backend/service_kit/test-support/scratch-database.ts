import { randomUUID } from 'node:crypto'
import { EnvironmentReader } from '../src/environment.ts'
import { openPool, type PostgresConfig, raw, readPostgresConfig, type Sql } from '../src/postgres.ts'

export type ScratchDatabase = {
  config: PostgresConfig
  /** Looks behind the service: what a test reads or plants. */
  sql: Sql
  drop: () => Promise<void>
}

/** An empty database of a suite's own, on the server that POSTGRES_HOST and its siblings name. Drop it at the end. */
export async function createScratchDatabase(): Promise<ScratchDatabase> {
  const server = scratchServer()
  const config = { ...server, database: `test_${randomUUID().replaceAll('-', '_')}` }
  await administrate(server, (admin) => admin`create database ${raw(config.database)} template template0`)
  // A test may hold a lock for as long as what it looks at takes.
  const limits = { connections: 10, statementMs: 10_000, lockMs: 8_000, idleMs: 60_000 }
  const sql = openPool(config, limits)
  const drop = async () => {
    await sql.end()
    await administrate(server, (admin) => admin`drop database if exists ${raw(config.database)} with (force)`)
  }
  return { config, sql, drop }
}

/** How a service that is a process of its own is told of the database. */
export function variablesFor({
  host,
  port,
  user,
  password,
  database,
}: PostgresConfig): Record<string, string> {
  return {
    POSTGRES_HOST: host,
    POSTGRES_PORT: String(port),
    POSTGRES_USER: user,
    POSTGRES_PASSWORD: password,
    POSTGRES_DB: database,
    POSTGRES_SCRATCH: 'true',
  }
}

/** Ends every connection to the database, as a failing server would; the next statement has to connect anew. */
export async function endConnections({ config }: Pick<ScratchDatabase, 'config'>): Promise<void> {
  await administrate(
    scratchServer(),
    (admin) =>
      admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${config.database}`,
  )
}

function scratchServer(): PostgresConfig {
  if (!process.env.POSTGRES_HOST) {
    throw new Error(
      'These tests need a PostgreSQL: run `npm test` at the root, or set POSTGRES_HOST and POSTGRES_PORT.',
    )
  }
  const server = readPostgresConfig(new EnvironmentReader(process.env), 'postgres')
  return { ...server, database: 'postgres', scratch: true }
}

async function administrate(
  server: PostgresConfig,
  statement: (admin: Sql) => PromiseLike<unknown>,
): Promise<void> {
  const admin = openPool(server)
  try {
    await statement(admin)
  } finally {
    await admin.end()
  }
}
