import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, inSnapshot, ours } from './database.ts'
import type { AddFinding } from './finding.ts'

type Session = { pid: number; state: string; since: string; seconds: number; query: string }

const looks = 3
const pauseMs = 400

/**
 * `connections`, when nobody asks for anything: no transaction is left open, no statement goes on, and there are no more
 * sessions than the pools hold. What three looks see is no passing sweep. Our own session and other tools' do not count.
 */
export async function judgeConnections(
  name: string,
  db: Database,
  most: number,
  add: AddFinding,
): Promise<void> {
  let stuck = new Map<string, Session>()
  let fewest = Number.POSITIVE_INFINITY
  for (let look = 1; look <= looks; look += 1) {
    const sessions = await readSessions(db)
    fewest = Math.min(fewest, sessions.length)
    const busy = sessions.filter(({ state }) => state !== 'idle')
    const seen = new Map(busy.map((session) => [`${session.pid} ${session.state} ${session.since}`, session]))
    stuck = new Map([...seen].filter(([one]) => look === 1 || stuck.has(one)))
    if (stuck.size === 0 && fewest <= most) return
    if (look < looks) await sleep(pauseMs)
  }
  for (const { pid, state, seconds, query } of stuck.values()) {
    add('connections', `${name}: session ${pid} is ${state} for ${seconds.toFixed(1)} s: ${query}`)
  }
  if (fewest > most) add('connections', `${name}: ${fewest} sessions are open, and the pools hold ${most}.`)
}

/** `long transaction`: one that is open for longer than any may be, whatever happens. */
export async function judgeLongTransactions(
  name: string,
  db: Database,
  mostSeconds: number,
  add: AddFinding,
) {
  for (const { pid, state, seconds, query } of await readSessions(db)) {
    if (state !== 'idle' && seconds > mostSeconds) {
      add(
        'long transaction',
        `${name}: session ${pid} is ${state}, its transaction ${seconds.toFixed(0)} s old: ${query}`,
      )
    }
  }
}

async function readSessions(db: Database): Promise<Session[]> {
  const { rows } = await inSnapshot(db, (client) =>
    client.query<Session>(
      `select pid, state, coalesce(xact_start, state_change)::text as since, left(query, 120) as query,
         extract(epoch from clock_timestamp() - coalesce(xact_start, state_change))::float8 as seconds
       from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and state is not null
         and application_name <> $1`,
      [ours],
    ),
  )
  return rows
}
