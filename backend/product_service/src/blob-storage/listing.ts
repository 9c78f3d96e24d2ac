import { type ContainerClient, RestError } from '@azure/storage-blob'
import type { BlobPage } from '../domain/sweep-images.ts'
import { prefix, stemOf } from './image-names.ts'

type Listing = { from?: string | undefined; pageSize?: number; signal?: AbortSignal }

/** All blobs below our prefix, in name order, a page at a time; none where the container is not there yet. */
export async function* listPages(
  container: ContainerClient,
  { from, pageSize = 500, signal }: Listing = {},
): AsyncGenerator<BlobPage> {
  const options = { prefix, ...(signal && { abortSignal: signal }) }
  const settings = { maxPageSize: pageSize, ...(from && { continuationToken: from }) }
  let begin = from
  try {
    for await (const { segment, date, continuationToken } of container
      .listBlobsFlat(options)
      .byPage(settings)) {
      if (!date) throw new Error('The storage does not say what time it is.')
      const now = date.getTime()
      const blobs = segment.blobItems.map(({ name, properties: { lastModified } }) => {
        return { name, stem: stemOf(name), ageMs: now - lastModified.getTime(), lastModified }
      })
      const next = continuationToken || undefined
      yield { blobs, from: begin, next }
      begin = next
    }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** True where what was asked for is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404
}
