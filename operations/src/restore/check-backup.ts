import { fileURLToPath } from 'node:url'
import { type Migration, readMigrations } from '@tallyshop/service-kit/migrations'
import { type Digest, findDamage } from '../backup/checked-files.ts'
import { megabytes } from '../backup/dump-database.ts'
import { type Manifest, tablePath } from '../backup/manifest.ts'
import { blobPath, listPath, readList } from '../backup/picture-list.ts'
import { CannotProceed } from '../cannot-proceed.ts'
import type { DatabaseName } from '../connection.ts'
import { inParallel } from '../in-parallel.ts'
import type { Watched } from '../progress.ts'

const services = { product_db: 'product-service', order_db: 'order-service' }
const mostListed = 10
const filesAtOnce = 4

/** The migrations that a backed up schema was made by, and those that came after it. */
export type SchemaSteps = { before: Migration[]; after: Migration[] }

/** Throws CannotProceed for a schema that this version does not know: one of a newer version, or changed by hand. */
export async function findSchemaSteps(manifest: Manifest, name: DatabaseName): Promise<SchemaSteps> {
  const known = await readMigrationsOf(name)
  const checksums = new Map(known.map((migration) => [migration.name, migration.checksum]))
  const { migrations } = manifest.databases[name]
  const unknown = migrations.filter((migration) => !checksums.has(migration.name))
  if (unknown.length > 0) {
    throw new CannotProceed(
      `The backup is of a newer version (${manifest.tallyshop}): ${name} has migrations that this one does not know: ${namesOf(unknown)}.`,
    )
  }
  const changed = migrations.filter((migration) => checksums.get(migration.name) !== migration.checksum)
  if (changed.length > 0) {
    throw new CannotProceed(
      `The schema of the backup is not the one of this version: migrations of ${name} differ: ${namesOf(changed)}.`,
    )
  }
  const applied = new Set(migrations.map((migration) => migration.name))
  return {
    before: known.filter((migration) => applied.has(migration.name)),
    after: known.filter((migration) => !applied.has(migration.name)),
  }
}

export function readMigrationsOf(name: DatabaseName): Promise<Migration[]> {
  const service = import.meta.resolve(`@tallyshop/${services[name]}/service`)
  return readMigrations(fileURLToPath(new URL('../migrations', service)))
}

/** Reads every file of a backup. Throws CannotProceed with those that are not what was written. */
export async function checkFiles(
  folder: string,
  manifest: Manifest,
  { progress, signal }: Watched,
): Promise<void> {
  let bytes = 0
  const onBytes = (more: number) => {
    bytes += more
    progress.update(`checking the backup, ${megabytes(bytes)}`)
  }
  const damages: string[] = []
  const check = async (path: string, expected: Digest) => {
    signal.throwIfAborted()
    const damage = await findDamage(path, expected, onBytes)
    if (damage) damages.push(`${path} ${damage}.`)
  }
  for (const { path, expected } of filesOf(folder, manifest)) await check(path, expected)
  // The list of blobs is read only when it is whole.
  if (damages.length === 0 && manifest.pictures) {
    await inParallel(readList(folder), filesAtOnce, (blob) => check(blobPath(folder, blob.name), blob))
  }
  if (damages.length > 0) throw new CannotProceed(describe(folder, damages))
}

function filesOf(folder: string, { databases, pictures }: Manifest): { path: string; expected: Digest }[] {
  const tables = (['product_db', 'order_db'] as const).flatMap((name) =>
    databases[name].tables.map((table) => ({ path: tablePath(folder, name, table), expected: table })),
  )
  return pictures ? [...tables, { path: listPath(folder), expected: pictures.list }] : tables
}

function describe(folder: string, damages: string[]): string {
  const more = damages.length > mostListed ? [`… and ${damages.length - mostListed} more.`] : []
  return [`The backup in ${folder} is damaged:`, ...damages.slice(0, mostListed), ...more].join('\n')
}

function namesOf(migrations: { name: string }[]): string {
  return migrations.map(({ name }) => name).join(', ')
}
