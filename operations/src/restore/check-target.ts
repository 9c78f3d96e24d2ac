import { listTables, readApplied } from '../backup/catalog.ts'
import { CannotProceed } from '../cannot-proceed.ts'
import { type Connection, quoted } from '../connection.ts'
import { readMigrationsOf } from './check-backup.ts'

/** Tables with rows in a shop that nobody has used; rows of any other are somebody's. */
const filledFromTheStart = ['schema_migrations', 'image_sweep']

/**
 * Throws CannotProceed for a database that is not a shop's, or the other of the two, whatever was asked for; and for one that has
 * anything in it, unless it is `force`.
 */
export async function checkTarget({ name, db }: Connection, { force }: { force: boolean }): Promise<void> {
  const known = (await readMigrationsOf(name)).map((migration) => migration.name)
  const applied = await readApplied(db)
  const tables = await listTables(db)
  if (applied.length === 0 && tables.length > 0) {
    throw new CannotProceed(
      `The database of ${name} is not a shop's: it has ${tables.map((table) => table.name).join(', ')} and no migrations of ours.`,
    )
  }
  const names = applied.map((migration) => migration.name)
  if (names.length > 0 && !names.some((each) => known.includes(each))) {
    throw new CannotProceed(`The database of ${name} is another one: its migrations are ${names.join(', ')}.`)
  }
  if (force) return
  const { rows } = await db.query<{ name: string }>(rowsIn(tables.map((table) => table.name)))
  if (rows.length === 0) return
  throw new CannotProceed(
    `The shop is not empty: ${name} has ${rows.map((row) => row.name).join(', ')}. A restore replaces all of it: say so with --force.`,
  )
}

function rowsIn(tables: string[]): string {
  const there = tables.filter((table) => !filledFromTheStart.includes(table))
  const selects = there.map(
    (table) => `select '${table}' as name where exists (select from public.${quoted(table)})`,
  )
  return selects.join(' union all ') || 'select null as name where false'
}
