import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { stemOf } from '@tallyshop/product-service/blob-storage/image-names'
import { type Digest, digest } from './checked-files.ts'

/** A blob as it is stored: what it is served with, and its bytes' size and checksums (MD5 in base64, as Azure has it). */
export type BlobFacts = Digest & {
  name: string
  md5: string
  contentType: string | undefined
  cacheControl: string | undefined
  metadata: Record<string, string>
}

/** How many blobs are read or written at a time. */
export const blobsAtOnce = 8

const blobTimeoutMs = 120_000

/** Ends what is done with one blob: after two minutes, or when the whole is broken off. */
export function forOneBlob(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(blobTimeoutMs), signal])
}

const listName = 'blobs.jsonl'

/** Where a blob's bytes are. The name is one of our making, which says nothing but a folder and a file. */
export function blobPath(folder: string, name: string): string {
  if (stemOf(name) === undefined) throw new Error(`${name} is not the name of a picture.`)
  return join(folder, 'blobs', name)
}

/** Makes the folder that a blob's file goes into. */
export async function makeBlobFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
}

export type ListWriter = {
  add: (blob: BlobFacts) => void
  /** All lines are on the disk when this resolves. */
  end: () => Promise<void>
  measure: () => Promise<Digest>
}

/** The list of all blobs of a backup, a line each, to be written while they are. */
export function writeList(folder: string): ListWriter {
  const path = join(folder, listName)
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })
  const ended = finished(file)
  ended.catch(() => {})
  return {
    add: (blob) => file.write(`${JSON.stringify(blob)}\n`),
    end: async () => {
      file.end()
      await ended
    },
    measure: () => digest(createReadStream(path)),
  }
}

export function listPath(folder: string): string {
  return join(folder, listName)
}

/** Walks the list of a backup. */
export async function* readList(folder: string): AsyncGenerator<BlobFacts> {
  for await (const line of readLines(listPath(folder))) yield JSON.parse(line)
}

/** The lines of a file that may be too large for memory; a line ends with LF and with nothing else. */
export async function* readLines(path: string): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest) yield rest
}
