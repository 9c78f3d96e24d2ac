import { StockOutOfRange } from './errors.ts'

export const largestStock = 1_000_000_000

/** A product as it is stored. Its picture is the stem of blob names of ours, or an address elsewhere, or neither. */
export type Product = {
  productId: number
  name: string
  description: string | null
  /** Exact: a numeric of two decimals, which a double of this size holds. */
  price: number
  stockQuantity: number
  imageStem: string | null
  imageUrl: string | null
  /** Counts staff edits, from 1. */
  version: number
  createdAt: Date
  updatedAt: Date | null
}

export type ProductFields = Pick<
  Product,
  'name' | 'description' | 'price' | 'stockQuantity' | 'imageStem' | 'imageUrl'
>

/** What a caller saw when they decided on an edit; `stockQuantity` only where the edit sets the stock. */
export type Seen = { version: number; stockQuantity?: number }

/** True where the product is still as the caller saw it. Stock that orders moved matters only to an edit of stock. */
export function isStillAsSeen(product: Product, seen: Seen): boolean {
  return (
    product.version === seen.version &&
    (seen.stockQuantity === undefined || product.stockQuantity === seen.stockQuantity)
  )
}

/** The fields of `edit` that differ from the product; none where an edit repeats what is there. */
export function changedFields(product: Product, edit: Partial<ProductFields>): Partial<ProductFields> {
  const changed = Object.entries(edit).filter(([field, value]) => product[field as keyof Product] !== value)
  return Object.fromEntries(changed)
}

/**
 * The stock after an adjustment. Throws StockOutOfRange below zero and above the limit. What cancelled orders brought back
 * above it can always be lowered.
 */
export function adjustedStock(stockQuantity: number, delta: number): number {
  const adjusted = stockQuantity + delta
  if (adjusted < 0 || (delta > 0 && adjusted > largestStock)) throw new StockOutOfRange(stockQuantity, delta)
  return adjusted
}
