import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { type Connection, quoted } from '../connection.ts'
import type { Table } from './catalog.ts'
import { type Digest, digest } from './checked-files.ts'

/** What a table's rows are as text: how many, and the size and checksum of the text. */
export type TableFacts = Digest & { rows: number }

const stalledMs = 120_000
/** The server says nothing while it checks the references of what it got. */
const longestCheckMs = 1_800_000

/** Reads a table as text and hands it to `keep`, as fast as that takes it. */
export async function copyOut(
  connection: Connection,
  table: Table,
  keep: (rows: Readable) => Promise<Digest> = digest,
): Promise<TableFacts> {
  const rows = connection.db.query(copyTo(`copy ${columnsOf(table)} to stdout`))
  const kept = await connection.whileMoving(stalledMs, () => keep(rows))
  // The number of rows comes after the last byte.
  await connection.db.query('select')
  return { rows: rows.rowCount, ...kept }
}

/** Fills a table from a file of such text and returns how many rows that were. */
export async function copyIn(
  connection: Connection,
  table: Table,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const target = connection.db.query(copyFrom(`copy ${columnsOf(table)} from stdin`))
  const source = createReadStream(path)
  source.on('data', (chunk) => onBytes(chunk.length))
  await connection.whileMoving(longestCheckMs, () => pipeline(source, target))
  return target.rowCount
}

function columnsOf({ name, columns }: Table): string {
  return `public.${quoted(name)} (${columns.map(quoted).join(', ')})`
}
