import { createReadStream, existsSync } from 'node:fs'
import type { BlobGetPropertiesResponse, ContainerClient } from '@azure/storage-blob'
import { isMissing, listPages } from '@tallyshop/product-service/blob-storage/listing'
import { type BlobFacts, blobPath, blobsAtOnce, forOneBlob, readList } from '../backup/picture-list.ts'
import { inParallel } from '../in-parallel.ts'
import type { Watched } from '../progress.ts'

/** Uploads the blobs of a backup that are not stored, or not as they are in the backup. Returns how many those were. */
export async function uploadPictures(
  container: ContainerClient,
  folder: string,
  all: number,
  { progress, signal }: Watched,
): Promise<number> {
  let [seen, uploaded] = [0, 0]
  await inParallel(readList(folder), blobsAtOnce, async (blob) => {
    const abortSignal = forOneBlob(signal)
    if (!isSame(await findStored(container, blob, abortSignal), blob)) {
      await upload(container, folder, blob, abortSignal)
      uploaded += 1
    }
    seen += 1
    progress.update(`pictures: ${seen} of ${all} blobs, ${uploaded} uploaded`)
  })
  return uploaded
}

/** How many blobs of the backup are stored, and how many pictures that it does not have. */
export async function countStored(
  container: ContainerClient,
  folder: string,
): Promise<{ ofBackup: number; others: number }> {
  const counts = { ofBackup: 0, others: 0 }
  for await (const { blobs } of listPages(container)) {
    for (const { name, stem } of blobs) {
      const isOfBackup = stem !== undefined && existsSync(blobPath(folder, name))
      counts[isOfBackup ? 'ofBackup' : 'others'] += 1
    }
  }
  return counts
}

async function findStored(
  container: ContainerClient,
  { name }: BlobFacts,
  abortSignal: AbortSignal,
): Promise<BlobGetPropertiesResponse | undefined> {
  try {
    return await container.getBlobClient(name).getProperties({ abortSignal })
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isSame(stored: BlobGetPropertiesResponse | undefined, blob: BlobFacts): boolean {
  if (!stored?.contentMD5) return false
  const facts = [stored.contentLength, Buffer.from(stored.contentMD5).toString('base64')]
  const headers = [stored.contentType, stored.cacheControl, sorted(stored.metadata)]
  return (
    JSON.stringify([...facts, ...headers]) ===
    JSON.stringify([blob.bytes, blob.md5, blob.contentType, blob.cacheControl, sorted(blob.metadata)])
  )
}

function sorted(metadata: Record<string, string> = {}): [string, string][] {
  return Object.entries(metadata).sort()
}

/** The store compares the checksum with what it got. */
async function upload(
  container: ContainerClient,
  folder: string,
  { name, bytes, md5, contentType, cacheControl, metadata }: BlobFacts,
  abortSignal: AbortSignal,
): Promise<void> {
  const checksum = new Uint8Array(Buffer.from(md5, 'base64'))
  const blobHTTPHeaders = {
    blobContentMD5: checksum,
    ...(contentType !== undefined && { blobContentType: contentType }),
    ...(cacheControl !== undefined && { blobCacheControl: cacheControl }),
  }
  await container.getBlockBlobClient(name).upload(() => createReadStream(blobPath(folder, name)), bytes, {
    abortSignal,
    metadata,
    blobHTTPHeaders,
    transactionalContentMD5: checksum,
  })
}
