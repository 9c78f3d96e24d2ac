import type pg from 'pg'
import { judgeNamed, judgeUnnamed, longestUnnamedMs, type NamingRow } from './judge-picture.ts'
import { pairUp } from './pair-up.ts'
import { type PictureStore, PicturesUnreadable, type StoredPicture } from './picture-store.ts'
import type { Difference } from './reconcile.ts'

/** How many pictures listed products name, and how many are stored that none names. */
export type PictureCounts = { named: number; unnamed: number }

const rowsAtOnce = 500

/** Compares the rows with the blobs, both in the order of names, a page of each at a time. */
export async function comparePictures(
  product: pg.Pool,
  store: PictureStore,
  add: (differences: Difference[]) => void,
): Promise<PictureCounts> {
  const counts = { named: 0, unnamed: 0 }
  try {
    for await (const { left: row, right: stored } of pairUp(readRows(product), store(), ({ stem }) => stem)) {
      if (row && !row.deleted) {
        counts.named += 1
        add(judgeNamed(row, stored?.names ?? []))
      } else if (stored) {
        counts.unnamed += 1
        add(judgeUnnamed(stored, row?.unchangedMs ?? (await unchangedMs(product, stored))))
      }
    }
  } catch (error) {
    if (!(error instanceof PicturesUnreadable)) throw error
    const sentence = `The pictures could not be compared: ${error.message}`
    add([{ kind: 'other', about: 'store of pictures', sentence }])
  }
  return counts
}

async function* readRows(product: pg.Pool): AsyncGenerator<NamingRow> {
  for (let last = ''; ; ) {
    const { rows } = await product.query<NamingRow>(
      `select image_stem as stem, product_id as "productId", deleted_at is not null as deleted,
         (extract(epoch from now() - greatest(deleted_at, updated_at, created_at)) * 1000)::float8 as "unchangedMs"
       from products where image_stem collate "C" > $1 order by image_stem collate "C" limit $2`,
      [last, rowsAtOnce],
    )
    yield* rows
    const next = rows.at(-1)?.stem
    if (next === undefined || rows.length < rowsAtOnce) return
    last = next
  }
}

/** A replaced picture was named until its product's last change at most, which may have been an order's. */
async function unchangedMs(product: pg.Pool, { stem, ageMs }: StoredPicture): Promise<number> {
  if (ageMs < longestUnnamedMs) return 0
  const { rows } = await product.query<{ ms: number }>(
    `select (extract(epoch from now() - greatest(updated_at, created_at)) * 1000)::float8 as ms
     from products where product_id = $1::numeric`,
    [stem.split('/')[1]],
  )
  return rows[0]?.ms ?? Infinity
}
