import type { Databases } from '@tallyshop/operations/databases'
import type pg from 'pg'

/**
 * Every table of both databases as a number of rows and a digest of all that is in them: what must not change. Tables are
 * asked for and not named, so that a new one is watched, too.
 */
export async function readRows({ product, order }: Databases): Promise<Record<string, string>> {
  const [products, orders] = await Promise.all([readDatabase(product), readDatabase(order)])
  return { ...products, ...orders }
}

async function readDatabase(pool: pg.Pool): Promise<Record<string, string>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
  )
  const digests = tables.map(
    ({ name }) =>
      `select '${name}' as name, count(*) || ' rows ' || coalesce(md5(string_agg(r::text, ' ' order by r::text)), '')
         as digest from "${name}" r`,
  )
  const { rows } = await pool.query<{ name: string; digest: string }>(digests.join(' union all '))
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]))
}
