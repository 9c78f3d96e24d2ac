import pg from 'pg'
import { Sql as Statement } from 'sql-template-tag'
import type { EnvironmentReader } from './environment.ts'
import { waitOfFirst } from './line.ts'
import { isDatabaseUnavailable, isStillAnswering, markUndone, spoilsConnection } from './postgres-failures.ts'

/** A piece of SQL to put into a statement, with its values; `raw` puts text in as it is: never somebody's input. */
export { default as fragment, raw } from 'sql-template-tag'
export { hadNoEffect, isDatabaseUnavailable, isLockedOut } from './postgres-failures.ts'

// biome-ignore lint/suspicious/noExplicitAny: a row is what its statement says; callers name its type.
type AnyRow = Record<string, any>

/**
 * Runs the statement of a template, its values bound as parameters, and returns the rows, with column names in camel
 * case, and `count`: how many rows were returned or changed.
 */
export type Transaction = <Rows extends AnyRow[] = AnyRow[]>(
  strings: TemplateStringsArray,
  ...values: unknown[]
) => Promise<Rows & { count: number }>

export type Sql = Transaction & {
  /** Runs `work` in one transaction, which is committed when this resolves and rolled back when it throws. */
  begin: <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>
  /** For how long the first in line has waited for a connection. */
  waitingMs: () => number
  /** Lets go of all connections once what runs is done, or after two seconds. */
  end: () => Promise<void>
}

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

export type Limits = {
  connections: number
  connectMs?: number
  statementMs: number
  lockMs: number
  idleMs?: number
}

const usualLimits: Limits = { connections: 10, statementMs: 10_000, lockMs: 8_000 }

/** For asking whether the server is there, in a pool of its own: however long others wait for theirs. */
export const probeLimits: Limits = { connections: 1, connectMs: 1_000, statementMs: 1_000, lockMs: 1_000 }

const rollbackMs = 2_000

/**
 * A pool of connections. A wait for one ends after 10 s, a statement and a wait for a lock as the limits say: in errors. What
 * the server is at for somebody who is gone it ends within 2 s, and a session that nobody uses within a minute.
 */
export function openPool({ scratch: _scratch, ...server }: PostgresConfig, limits = usualLimits): Sql {
  const pool = new pg.Pool({
    ...server,
    max: limits.connections,
    connectionTimeoutMillis: limits.connectMs ?? 10_000,
    statement_timeout: limits.statementMs,
    lock_timeout: limits.lockMs,
    // A replica that hangs or is cut off holds the rows of products that many want no longer than this: those who wait for
    // them have 5 s for their verdict.
    idle_in_transaction_session_timeout: limits.idleMs ?? 3_000,
    // The server ends a statement itself; this is for a server that does not answer any more.
    query_timeout: limits.statementMs + 2_000,
    options: '-c TimeZone=UTC -c client_connection_check_interval=2s -c idle_session_timeout=1min',
  })
  // A connection that breaks between two statements says so to nobody in particular; the next statement on it fails, and
  // the pool replaces it. Without a listener for all its life the process would end.
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  const line = new Set<{ since: number }>()
  const connect = async () => {
    const waiting = { since: performance.now() }
    line.add(waiting)
    return connectTo(pool).finally(() => line.delete(waiting))
  }
  return Object.assign(
    runOn((query) => runAlone(connect, query)),
    {
      begin: <Result>(work: (tx: Transaction) => Promise<Result>) => runTransaction(connect, work),
      waitingMs: () => waitOfFirst(line),
      end: () =>
        Promise.race([pool.end(), new Promise<void>((resolve) => setTimeout(resolve, 2_000).unref())]),
    },
  )
}

/** Statements by template on a connection of the caller's own, in whatever transaction is open there. */
export function statementsOn(client: pg.ClientBase): Transaction {
  return runOn((query) => client.query(query))
}

type Run = (query: pg.QueryArrayConfig) => Promise<pg.QueryArrayResult>

function runOn(run: Run): Transaction {
  return async <Rows extends AnyRow[]>(strings: TemplateStringsArray, ...values: unknown[]) => {
    const statement = new Statement(strings, values)
    const query = { text: statement.text, values: statement.values, rowMode: 'array' as const, types }
    // A script of several statements has a result for each; the last one counts.
    const { rows = [], fields = [], rowCount = 0 } = [await run(query)].flat().at(-1) ?? {}
    const names = fields.map(({ name }) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()))
    const named = rows.map((row: unknown[]) =>
      Object.fromEntries(names.map((name, column) => [name, row[column]])),
    )
    return Object.assign(named as Rows, { count: rowCount ?? 0 })
  }
}

const { INT8, NUMERIC } = pg.types.builtins

const types: pg.CustomTypesConfig = {
  // Every bigint and numeric of this system has at most 15 digits, so a double holds it exactly.
  getTypeParser: ((oid: number) =>
    oid === INT8 || oid === NUMERIC
      ? Number
      : pg.types.getTypeParser(oid)) as pg.CustomTypesConfig['getTypeParser'],
}

type Connect = () => Promise<pg.PoolClient>

async function connectTo(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    // A server that does not let us in for reasons of ours is there: what it says is in its code.
    const isOurFault = error instanceof pg.DatabaseError && !isDatabaseUnavailable(error)
    if (error instanceof Error && !isOurFault) markUndone(error)
    throw error
  }
}

async function runAlone(connect: Connect, query: pg.QueryArrayConfig): Promise<pg.QueryArrayResult> {
  const client = await connect()
  let unusable = false
  try {
    return await client.query(query)
  } catch (error) {
    unusable = spoilsConnection(error)
    throw error
  } finally {
    client.release(unusable)
  }
}

async function runTransaction<Result>(
  connect: Connect,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await connect()
  let unusable = false
  let committing = false
  try {
    await client.query('begin isolation level read committed')
    const result = await work(statementsOn(client))
    committing = true
    const { command } = await client.query('commit')
    // The server answers a commit of what has failed with a rollback, and not with an error.
    if (command !== 'COMMIT')
      throw new Error('The transaction was rolled back: a statement of it had failed.')
    return result
  } catch (error) {
    if (!committing && error instanceof Error && isDatabaseUnavailable(error)) markUndone(error)
    unusable = spoilsConnection(error) || !(await rollBack(client, error))
    throw error
  } finally {
    client.release(unusable)
  }
}

/** True where it was rolled back. A server that fell silent is not waited for once more: it undoes what is lost. */
async function rollBack(client: pg.PoolClient, error: unknown): Promise<boolean> {
  if (!isStillAnswering(error)) return false
  const rollback: pg.QueryConfig & { query_timeout: number } = { text: 'rollback', query_timeout: rollbackMs }
  return client.query(rollback).then(
    () => true,
    () => false,
  )
}
