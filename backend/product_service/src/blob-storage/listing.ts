import { type ContainerClient, RestError } from '@azure/storage-blob'
import type { BlobPage } from '../domain/sweep-images.ts'
import { prefix, stemOf } from './image-names.ts'

/** The name under which a blob's metadata say which shop uploaded it. */
export const shopKey = 'tallyshop'

type Listing = { from?: string | undefined; pageSize?: number; signal?: AbortSignal }

/** All blobs below our prefix, in name order, a page at a time; none where the container is not there yet. */
export async function* listPages(
  container: ContainerClient,
  { from, pageSize = 500, signal }: Listing = {},
): AsyncGenerator<BlobPage> {
  const options = { prefix, includeMetadata: true, ...(signal && { abortSignal: signal }) }
  const settings = { maxPageSize: pageSize, ...(from && { continuationToken: from }) }
  let begin = from
  try {
    for await (const { segment, date, continuationToken } of container
      .listBlobsFlat(options)
      .byPage(settings)) {
      if (!date) throw new Error('The storage does not say what time it is.')
      const now = date.getTime()
      const blobs = segment.blobItems.map(({ name, metadata, properties: { lastModified } }) => {
        const ageMs = now - lastModified.getTime()
        return { name, stem: stemOf(name), shopUid: metadata?.[shopKey], ageMs, lastModified }
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
