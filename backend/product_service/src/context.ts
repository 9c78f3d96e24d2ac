import type { Lane } from '@tallyshop/service-kit/lane'
import type { Sql } from '@tallyshop/service-kit/postgres'
import type { ImageStore } from './blob-storage/images.ts'
import type { ImageDecoder } from './image-decoder/image-decoder.ts'

/**
 * What the routes work with: `reads` for looking around, `probes` for health, `sql` for all else. Without a blob store there
 * are no pictures of ours to show and none can be uploaded.
 */
export type Context = {
  sql: Sql
  reads: Lane
  probes: Sql
  images: ImageStore | undefined
  decoder: ImageDecoder
}
