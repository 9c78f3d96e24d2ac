import { type Database, inSnapshot } from './database.ts'
import type { AddFinding } from './finding.ts'

/** More than any lease lasts, by the clock of the database, which alone counts. */
const mostSeconds = 60

/** `lease`: nobody keeps an order to himself for longer than a lease lasts. */
export async function judgeLeases(order: Database, add: AddFinding): Promise<void> {
  const { rows } = await inSnapshot(order, (client) =>
    client.query<{ uid: string; seconds: number }>(
      `select order_uid as uid, extract(epoch from lease_until - now())::int as seconds from placements
       where state = 'placing' and lease_until > now() + make_interval(secs => $1)`,
      [mostSeconds],
    ),
  )
  for (const { uid, seconds } of rows) add('lease', `Placement ${uid} is leased for ${seconds} s.`)
}
