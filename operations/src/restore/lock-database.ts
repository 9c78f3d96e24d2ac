import { setTimeout as sleep } from 'node:timers/promises'
import { isLockedOut } from '@tallyshop/service-kit/postgres'
import { inOrderOfReferences, listTables } from '../backup/catalog.ts'
import { CannotProceed } from '../cannot-proceed.ts'
import { type Connection, quoted } from '../connection.ts'

/**
 * Mostly shorter than the second after which the server ends one of two who wait for each other: it is not the services that
 * have to begin again. An autovacuum gives way only to who waits longer.
 */
const lockTimeouts = [800, 800, 800, 1_500]

/**
 * Begins a transaction in which nobody else reads or writes a table, or migrates. Whoever uses the shop meanwhile waits, and
 * is told that it is not available after some seconds. Throws CannotProceed where the tables stay in use all that time.
 */
export async function lockDatabase(
  { name, db }: Connection,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + patienceMs
  for (let attempt = 0; ; attempt += 1) {
    try {
      await db.query(`begin; set local lock_timeout = ${lockTimeouts[attempt % lockTimeouts.length]}`)
      await db.query(`select pg_advisory_xact_lock(hashtext('schema_migrations'))`)
      // Services as well write what is referred to before what refers to it.
      const tables = (await inOrderOfReferences(db, await listTables(db))).map(
        (table) => `public.${quoted(table.name)}`,
      )
      if (tables.length > 0) await db.query(`lock table ${tables.join(', ')} in access exclusive mode`)
      return
    } catch (error) {
      if (!isLockedOut(error)) throw error
      await db.query('rollback')
      if (Date.now() > deadline) {
        throw new CannotProceed(
          `${name} is in use by others all the time: stop the services, or try again.`,
          { cause: error },
        )
      }
    }
    // Not in step with those who were in the way.
    await sleep(50 + Math.random() * 200, undefined, { signal })
  }
}

/**
 * Waits until nothing that an order service began before can be under way any more. An order that was begun is forgotten with
 * the database that noted it: stock that was taken for it a moment later would be held for nobody, and what is written down
 * a moment later would be of another time.
 */
export async function letOrdersUnderWayEnd(
  { db }: Connection,
  underWayMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { rows: found } = await db.query(`select to_regclass('public.placements') is not null as there`)
  if (!found[0]?.there) return
  const { rows } = await db.query<{ some: boolean }>(
    `select exists (select from placements where state = 'placing')
       or exists (select from orders where stock_state = 'release_due') as some`,
  )
  if (rows[0]?.some) await sleep(underWayMs, undefined, { signal })
}
