import { Socket } from 'node:net'
import pg from 'pg'
import { CannotProceed, inWords } from './cannot-proceed.ts'

/** One connection for one long transaction. */
export type Connection = {
  name: DatabaseName
  db: pg.Client
  /** Runs work during which bytes flow; the connection is lost when none did for `stalledMs`. */
  whileMoving: <Result>(stalledMs: number, work: () => Promise<Result>) => Promise<Result>
  /** Rolls back what is not committed, also in the middle of a copy. */
  end: () => Promise<void>
}

export type DatabaseName = 'product_db' | 'order_db'
export type DatabaseUrls = Record<DatabaseName, string>

/** Texts are the same wherever they are read, and a copy in the order in which its rows were written. */
const settings = `
  set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set timezone = 'UTC'; set extra_float_digits = 1;
  set bytea_output = 'hex'; set search_path = public; set synchronize_seqscans = off;
  set idle_in_transaction_session_timeout = 0; set statement_timeout = '2h'; set lock_timeout = '5s'`

/** Throws CannotProceed where the database cannot be reached within 5 s. */
export async function connectTo(urls: DatabaseUrls, name: DatabaseName): Promise<Connection> {
  const socket = new Socket()
  const db = new pg.Client({
    connectionString: urls[name],
    stream: () => socket,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'tallyshop operations',
  })
  // A connection that breaks is told by the statement that runs on it, or the next.
  db.on('error', () => {})
  const end = async () => {
    const patience = setTimeout(() => socket.destroy(), 1_000)
    await db.end().catch(() => {})
    clearTimeout(patience)
  }
  try {
    await db.connect()
    await db.query(settings)
  } catch (cause) {
    await end()
    throw new CannotProceed(`${name} cannot be reached: ${inWords(cause)}.`, { cause })
  }
  const lost = () => new Error(`${name} sent nothing for ${(socket.timeout ?? 0) / 1000} s`)
  socket.on('timeout', () => socket.destroy(lost()))
  const whileMoving = async <Result>(stalledMs: number, work: () => Promise<Result>) => {
    socket.setTimeout(stalledMs)
    try {
      return await work()
    } finally {
      socket.setTimeout(0)
    }
  }
  return { name, db, whileMoving, end }
}

/** A statement that ends within a minute, whatever becomes of the network. */
export function bounded(text: string): pg.QueryConfig {
  return { text, query_timeout: 60_000 } as pg.QueryConfig
}

/** A name as it stands in a statement. */
export function quoted(identifier: string): string {
  return pg.escapeIdentifier(identifier)
}
