import type pg from 'pg'
import { CannotProceed } from '../cannot-proceed.ts'

const kinds = [
  { relkinds: "'v'", drop: 'view' },
  { relkinds: "'m'", drop: 'materialized view' },
  { relkinds: "'r', 'p', 'f'", drop: 'table' },
  { relkinds: "'S'", drop: 'sequence' },
]

/**
 * Removes all that migrations may have made. The schema itself stays, with its owner and grants, and so do extensions: it takes no
 * more than being the owner of the tables. Throws CannotProceed where something elsewhere depends on them.
 */
export async function emptySchema(db: pg.ClientBase, name: string): Promise<void> {
  try {
    for (const { relkinds, drop } of kinds) {
      await dropAll(
        db,
        drop,
        `select oid::regclass::text as name from pg_class where relkind in (${relkinds})`,
        'pg_class',
        'rel',
      )
    }
    await dropAll(
      db,
      'routine',
      'select oid::regprocedure::text as name from pg_proc where true',
      'pg_proc',
      'pro',
    )
    await dropAll(
      db,
      'type',
      `select oid::regtype::text as name from pg_type where typtype in ('e', 'd', 'c', 'r') and (typrelid = 0
         or exists (select from pg_class where oid = typrelid and relkind = 'c'))`,
      'pg_type',
      'typ',
    )
  } catch (cause) {
    const { code, detail } = cause as { code?: string; detail?: string }
    if (code !== '2BP01') throw cause
    throw new CannotProceed(
      `Other objects depend on the tables of ${name}; remove them first and make them again afterwards: ${detail}.`,
      { cause },
    )
  }
}

async function dropAll(
  db: pg.ClientBase,
  kind: string,
  select: string,
  catalog: string,
  prefix: string,
): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    `${select} and ${prefix}namespace = 'public'::regnamespace
       and not exists (
         select from pg_depend where classid = '${catalog}'::regclass and objid = oid and deptype = 'e')`,
  )
  if (rows.length > 0) await db.query(`drop ${kind} ${rows.map((row) => row.name).join(', ')}`)
}
