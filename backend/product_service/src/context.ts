import type { Sql } from '@tallyshop/service-kit/postgres'
import type { ImageStore } from './blob-storage/images.ts'
import type { ImageDecoder } from './image-decoder/image-decoder.ts'

/** What the routes work with. Without a blob store there are no pictures of ours to show and none can be uploaded. */
export type Context = { sql: Sql; images: ImageStore | undefined; decoder: ImageDecoder }
