import { blobName, stemOf } from '@tallyshop/product-service/blob-storage/image-names'
import type pg from 'pg'
import type { Table } from './catalog.ts'
import { tablePath } from './manifest.ts'
import { readLines } from './picture-list.ts'

export type NamedInRows = {
  /** How many listed products have a picture of ours. */
  count: number
  /** The number by which the shop marks its pictures; undefined in a schema from before there was one. */
  shopUid: string | undefined
}

export async function readNamedPictures(product: pg.ClientBase): Promise<NamedInRows> {
  const { rows } = await product.query<{ count: number; marked: boolean }>(
    `select count(*)::int as count, to_regclass('public.image_sweep') is not null as marked
     from products where image_stem is not null and deleted_at is null`,
  )
  const { count = 0, marked = false } = rows[0] ?? {}
  if (!marked) return { count, shopUid: undefined }
  const { rows: shops } = await product.query<{ shopUid: string }>(
    'select shop_uid as "shopUid" from image_sweep',
  )
  return { count, shopUid: shops[0]?.shopUid }
}

/** The pictures that listed products name, read from the rows as they were written into a backup. */
export async function* stemsOf(folder: string, products: Table): AsyncGenerator<string> {
  const [stemAt, deletedAt] = [products.columns.indexOf('image_stem'), products.columns.indexOf('deleted_at')]
  for await (const row of readLines(tablePath(folder, 'product_db', products))) {
    const fields = row.split('\t')
    const stem = fields[stemAt] ?? ''
    const isOurs = stemOf(blobName(stem, 'main')) === stem
    if (isOurs && fields[deletedAt] === '\\N') yield stem
  }
}
