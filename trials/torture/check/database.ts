import pg from 'pg'

/** A database to look into: a pool, or a connection that nobody else uses meanwhile. */
export type Database = pg.Pool | pg.Client

/** The sessions of who looks bear this as their `application_name`, and are not counted as the shop's. */
export const ours = 'torture'

/** Opens a database for looks into it, directly. While it is away, looks fail; nothing else does. */
export function openForLooks(
  server: Pick<pg.PoolConfig, 'host' | 'port' | 'user' | 'password' | 'database'>,
): pg.Pool {
  const pool = new pg.Pool({
    ...server,
    max: 3,
    application_name: ours,
    connectionTimeoutMillis: 10_000,
    query_timeout: 45_000,
  })
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  return pool
}

/** Reads one instant of a database, at most half a minute per statement, and changes nothing. */
export async function inSnapshot<Result>(
  db: Database,
  read: (client: pg.ClientBase) => Promise<Result>,
): Promise<Result> {
  const pooled = db instanceof pg.Pool ? await db.connect() : undefined
  const client = pooled ?? (db as pg.Client)
  let broken: Error | undefined
  try {
    await client.query('begin isolation level repeatable read read only')
    await client.query(`set local statement_timeout = '30s'; set local jit = off`)
    return await read(client)
  } finally {
    await client.query('rollback').catch((error: Error) => {
      broken = error
    })
    pooled?.release(broken)
  }
}

/** True where the server could not be asked, went away or did not answer: that is no fault of what it holds. */
export function isAway(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isAway)
  if (!(error instanceof Error)) return false
  const { code = '' } = error as { code?: string }
  const inWords =
    /^(Connection terminated|Query read timeout|timeout exceeded|Client has encountered|Client was closed)/
  return /^(ECONN[A-Z]+|EPIPE|ETIMEDOUT|08...|53100|57P..|58030)$/.test(code) || inWords.test(error.message)
}
