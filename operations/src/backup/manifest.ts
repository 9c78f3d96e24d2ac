import { createHash } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { CannotProceed, inFileWords } from '../cannot-proceed.ts'
import type { DatabaseName } from '../connection.ts'
import type { AppliedMigration, SequenceState, Table } from './catalog.ts'
import { type Digest, syncFolder } from './checked-files.ts'
import type { TableFacts } from './copy-tables.ts'

/** What a backup is made of. A change that a reader of before would misread gets the next number. */
const format = 1

export type TableDump = Table & TableFacts

export type DatabaseDump = {
  snapshotAt: string
  server: string
  migrations: AppliedMigration[]
  tables: TableDump[]
  sequences: SequenceState[]
}

/** How many blobs there are, of how many bytes, and the file that lists them. */
export type PicturesDump = { count: number; bytes: number; list: Digest }

/** What the two snapshots say of each other; both lists may be cut off. */
export type Comparison = {
  /** No order was begun or called off from the first snapshot to the second. */
  oneCut: boolean
  orders: number
  inMotion: number
  ordersInMotion: string[]
  differences: number
  sentences: string[]
}

export type Manifest = {
  format: number
  tallyshop: string
  databases: Record<DatabaseName, DatabaseDump>
  comparison: Comparison
  /** Null where the shop has no store of pictures and none of its products names one. */
  pictures: PicturesDump | null
}

/** Writes down that the backup in a folder is complete: nothing is there to be read before all is on the disk. */
export async function writeManifest(folder: string, facts: Omit<Manifest, 'format'>): Promise<Manifest> {
  const manifest = { format, ...facts }
  const draft = join(folder, 'manifest.json.new')
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify({ ...manifest, sha256: checksumOf(manifest) }, undefined, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(folder, 'manifest.json'))
  await syncFolder(folder)
  return manifest
}

/** Throws CannotProceed where a folder holds no complete backup, or one that this version cannot read. */
export async function readManifest(folder: string): Promise<Manifest> {
  const { sha256, ...manifest } = parse(await readText(folder), folder)
  if (typeof manifest.format === 'number' && manifest.format > format) {
    throw new CannotProceed(
      `The backup in ${folder} has format ${manifest.format}, and this version reads format ${format}: restore it with a newer one.`,
    )
  }
  if (manifest.format !== format || sha256 !== checksumOf(manifest)) throw damaged(folder)
  return manifest as Manifest
}

/** Where a table's rows are. */
export function tablePath(folder: string, database: DatabaseName, { name }: Table): string {
  return join(folder, database, `${encodeURIComponent(name)}.copy`)
}

async function readText(folder: string): Promise<string> {
  try {
    return await readFile(join(folder, 'manifest.json'), 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const sentence =
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `There is no complete backup in ${folder}: it has no manifest.json, which is written last.`
        : `The backup in ${folder} cannot be read (${inFileWords(cause)}).`
    throw new CannotProceed(sentence, { cause })
  }
}

function parse(text: string, folder: string): Partial<Manifest> & { sha256?: string } {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Told below.
  }
  throw damaged(folder)
}

function checksumOf(manifest: object): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex')
}

function damaged(folder: string): CannotProceed {
  return new CannotProceed(`The backup in ${folder} is damaged: manifest.json is not what was written.`)
}
