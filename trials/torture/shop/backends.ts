import type { RunningDatabase } from '@tallyshop/embedded/postgres'
import pg from 'pg'

export type Backend = { pid: number; busy: boolean }

/** Connections that watch the shop and are none of its services'. */
const watchers = ['torture', 'reconcile']

/** The server processes that work for services; none where the server does not answer. */
export async function findBackends(database: RunningDatabase): Promise<Backend[]> {
  return ask<Backend>(database, `select pid, state <> 'idle' as busy from ${serviceBackends}`)
}

/** Ends up to so many of them, busy ones first, as an administrator does, and says how many. */
export async function terminateBackends(database: RunningDatabase, most: number): Promise<number> {
  const chosen = await ask<{ ended: boolean }>(
    database,
    `select pg_terminate_backend(pid) as ended from
       (select pid from ${serviceBackends} order by state = 'idle', random() limit $2) as chosen`,
    [most],
  )
  return chosen.filter(({ ended }) => ended).length
}

const serviceBackends = `(select pid, state from pg_stat_activity
  where backend_type = 'client backend' and application_name <> all($1)) as services`

async function ask<Row extends pg.QueryResultRow>(
  database: RunningDatabase,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const limits = { connectionTimeoutMillis: 2_000, query_timeout: 3_000, application_name: 'torture' }
  const client = new pg.Client({ ...database, ...limits })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<Row>(text, [watchers, ...values])).rows
  } catch {
    return []
  } finally {
    await client.end().catch(() => {})
  }
}
