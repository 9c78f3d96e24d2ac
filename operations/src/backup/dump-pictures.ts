import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ContainerClient } from '@azure/storage-blob'
import { blobName } from '@tallyshop/product-service/blob-storage/image-names'
import { isMissing, listPages } from '@tallyshop/product-service/blob-storage/listing'
import { inParallel } from '../in-parallel.ts'
import type { Watched } from '../progress.ts'
import { syncFolder, writeFileChecked } from './checked-files.ts'
import { megabytes } from './dump-database.ts'
import type { PicturesDump } from './manifest.ts'
import {
  type BlobFacts,
  blobPath,
  blobsAtOnce,
  forOneBlob,
  makeBlobFolder,
  writeList,
} from './picture-list.ts'

/** What the database says of pictures: the shop's number, by which it marks them, and which its listed products name. */
export type NamedPictures = { shopUid: string | undefined; stems: AsyncIterable<string> }

export type PicturesReport = PicturesDump & {
  /** Blobs that a listed product names and that are not stored. */
  missing: string[]
  /** How many those are; the list may be cut off. */
  missed: number
  /** Blobs of other shops in the same container, and those whose names are not of our making: left out. */
  foreign: number
}

const mostMissing = 1_000

/**
 * Copies the shop's blobs into files: those that products name first, because a sweeper may remove others meanwhile; then
 * whatever else is stored and not marked as another shop's.
 */
export async function dumpPictures(
  container: ContainerClient,
  folder: string,
  named: NamedPictures,
  { progress, signal }: Watched,
): Promise<PicturesReport> {
  const list = writeList(folder)
  const report = { count: 0, bytes: 0, missing: [] as string[], missed: 0, foreign: 0 }
  const keep = async (name: string): Promise<boolean> => {
    const blob = await copyBlob(container, name, folder, signal)
    if (!blob) return false
    list.add(blob)
    report.count += 1
    report.bytes += blob.bytes
    progress.update(`pictures: ${report.count} blobs, ${megabytes(report.bytes)}`)
    return true
  }
  try {
    await inParallel(namesOf(named.stems), blobsAtOnce, async (name) => {
      if (await keep(name)) return
      report.missed += 1
      if (report.missing.length < mostMissing) report.missing.push(name)
    })
    await inParallel(others(container, folder, named.shopUid, report), blobsAtOnce, async (name) => {
      await keep(name)
    })
    if (report.count > 0) await syncFolders(join(folder, 'blobs'))
  } finally {
    await list.end()
  }
  return { ...report, missing: report.missing.sort(), list: await list.measure() }
}

async function* namesOf(stems: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const stem of stems) yield* (['main', 'thumbnail'] as const).map((size) => blobName(stem, size))
}

async function* others(
  container: ContainerClient,
  folder: string,
  shopUid: string | undefined,
  report: { foreign: number },
): AsyncGenerator<string> {
  for await (const { blobs } of listPages(container)) {
    for (const { name, stem, shopUid: itsShop } of blobs) {
      if (stem !== undefined && existsSync(blobPath(folder, name))) continue
      if (stem === undefined || (itsShop !== undefined && itsShop !== shopUid)) report.foreign += 1
      else yield name
    }
  }
}

/** Undefined where the blob is not there. */
async function copyBlob(
  container: ContainerClient,
  name: string,
  folder: string,
  signal: AbortSignal,
): Promise<BlobFacts | undefined> {
  const path = blobPath(folder, name)
  try {
    const abortSignal = forOneBlob(signal)
    const answer = await container
      .getBlobClient(name)
      .download(undefined, undefined, { abortSignal, maxRetryRequests: 3 })
    const { readableStreamBody, contentType, cacheControl, metadata = {} } = answer
    if (!readableStreamBody) throw new Error(`The store sent nothing for ${name}.`)
    await makeBlobFolder(path)
    const md5 = createHash('md5')
    const written = await writeFileChecked(path, Readable.from(readableStreamBody), (chunk) =>
      md5.update(chunk),
    )
    return { name, ...written, md5: md5.digest('base64'), contentType, cacheControl, metadata }
  } catch (error) {
    if (!isMissing(error)) throw error
    // It may have been removed while it was being read.
    await rm(path, { force: true })
    return undefined
  }
}

async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncFolders(join(folder, entry.name))
  }
  await syncFolder(folder)
}
