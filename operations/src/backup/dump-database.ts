import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection } from '../connection.ts'
import type { Progress } from '../progress.ts'
import { listTables, readApplied, readSequences } from './catalog.ts'
import { syncFolder, writeFileChecked } from './checked-files.ts'
import { copyOut } from './copy-tables.ts'
import { type DatabaseDump, type TableDump, tablePath } from './manifest.ts'

/** Writes all tables of a snapshot into files below `folder`. */
export async function dumpDatabase(
  connection: Connection,
  folder: string,
  progress: Progress,
): Promise<Omit<DatabaseDump, 'snapshotAt'>> {
  const { name, db } = connection
  await mkdir(join(folder, name), { mode: 0o700 })
  const tables: TableDump[] = []
  for (const table of await listTables(db)) {
    let bytes = 0
    const onChunk = (chunk: Buffer) => {
      bytes += chunk.length
      progress.update(`${name}: ${table.name}, ${megabytes(bytes)}`)
    }
    const path = tablePath(folder, name, table)
    const facts = await copyOut(connection, table, (rows) => writeFileChecked(path, rows, onChunk))
    tables.push({ ...table, ...facts })
  }
  await syncFolder(join(folder, name))
  const { rows } = await db.query<{ server_version: string }>('show server_version')
  progress.say(`${name}: ${describe(tables)}`)
  return {
    server: rows[0]?.server_version ?? '',
    migrations: await readApplied(db),
    tables,
    sequences: await readSequences(db),
  }
}

function describe(tables: TableDump[]): string {
  const sum = (pick: (table: TableDump) => number) => tables.reduce((total, table) => total + pick(table), 0)
  return `${tables.length} tables, ${sum(({ rows }) => rows)} rows, ${megabytes(sum(({ bytes }) => bytes))}`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
