import { blobName } from '@tallyshop/product-service/blob-storage/image-names'
import type { StoredPicture } from './picture-store.ts'
import type { Difference } from './reconcile.ts'

/** A row that names a picture. `unchangedMs` is since its last change, a deletion included. */
export type NamingRow = { stem: string; productId: number; deleted: boolean; unchangedMs: number }

/** An hour until a blob is old enough, and several passes of the sweeper. */
export const longestUnnamedMs = 3 * 3_600_000

/** A listed product whose picture is not whole. */
export function judgeNamed({ stem, productId }: NamingRow, names: string[]): Difference[] {
  const missing = (['main', 'thumbnail'] as const).filter((size) => !names.includes(blobName(stem, size)))
  if (missing.length === 0) return []
  const what = missing.length === 2 ? 'is not stored' : `is stored without its ${missing[0]} size`
  const sentence = `Product ${productId} names the picture ${stem}, which ${what}.`
  return [{ kind: 'other', about: `missing picture ${stem}`, sentence }]
}

/** A picture that no product names, and that could be in use for nobody since `unnamedMs` at least. */
export function judgeUnnamed({ stem, names, ageMs }: StoredPicture, unnamedMs: number): Difference[] {
  if (Math.min(ageMs, unnamedMs) < longestUnnamedMs) return []
  const hours = Math.floor(Math.min(ageMs, unnamedMs) / 3_600_000)
  const blobs = names.length === 1 ? '1 blob' : `${names.length} blobs`
  const sentence = `No product has named the picture ${stem} (${blobs}) for ${hours} hours: the sweeper should have removed it, unless it is another shop's.`
  return [{ kind: 'other', about: `unnamed picture ${stem}`, sentence }]
}
