import type pg from 'pg'
import { quoted } from '../connection.ts'

export type Table = { name: string; columns: string[] }
/** Where a sequence stands; a bigint as text. */
export type SequenceState = { name: string; lastValue: string; isCalled: boolean }
export type AppliedMigration = { name: string; checksum: string }

/** All tables of the schema, with the columns that are stored and not computed, in their order. */
export async function listTables(db: pg.ClientBase): Promise<Table[]> {
  const { rows } = await db.query<Table>(
    `select relname as name, array(
       select attname::text from pg_attribute
       where attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns
     from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and ${notOfAnExtension} order by relname`,
  )
  return rows
}

export const notOfAnExtension = `not exists (
  select from pg_depend where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e')`

/** Where the sequences of the schema stand. They know no transactions: read after a snapshot they are never behind it. */
export async function readSequences(db: pg.ClientBase): Promise<SequenceState[]> {
  const { rows: names } = await db.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'
       and ${notOfAnExtension} order by relname`,
  )
  const states: SequenceState[] = []
  for (const { name } of names) {
    const { rows } = await db.query<Omit<SequenceState, 'name'>>(
      `select last_value::text as "lastValue", is_called as "isCalled" from public.${quoted(name)}`,
    )
    states.push(...rows.map((state) => ({ name, ...state })))
  }
  return states
}

/** The schema's version: the migrations that made it, in their order; none where it is not one of ours. */
export async function readApplied(db: pg.ClientBase): Promise<AppliedMigration[]> {
  const { rows: found } = await db.query(
    `select to_regclass('public.schema_migrations') is not null as there`,
  )
  if (!found[0]?.there) return []
  const { rows } = await db.query<AppliedMigration>(
    'select name, checksum from public.schema_migrations order by name collate "C"',
  )
  return rows
}

/** The tables so that none comes before those it refers to. Throws where they refer to each other in a circle. */
export async function inOrderOfReferences(db: pg.ClientBase, tables: Table[]): Promise<Table[]> {
  const { rows: references } = await db.query<{ from: string; to: string }>(
    `select referring.relname as "from", referred.relname as "to" from pg_constraint
       join pg_class as referring on referring.oid = conrelid join pg_class as referred on referred.oid = confrelid
     where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid`,
  )
  const sorted: Table[] = []
  let left = tables
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name))
    const refersToWaiting = ({ name }: Table) =>
      references.some(({ from, to }) => from === name && waiting.has(to))
    const next = left.filter((table) => !refersToWaiting(table))
    if (next.length === 0) throw new Error(`These tables refer to each other: ${[...waiting].join(', ')}.`)
    sorted.push(...next)
    left = left.filter(refersToWaiting)
  }
  return sorted
}
