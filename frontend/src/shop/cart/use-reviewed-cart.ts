import { useQueries } from '@tanstack/react-query'
import { isNotFound } from '../../api/problem.ts'
import { productQuery } from '../../api/queries.ts'
import type { Product } from '../../api/types.ts'
import { type CartLine, totalCents } from './cart.ts'
import { updateCart, useCart } from './cart-store.ts'
import { acceptChanges, type Change, changesOf } from './review.ts'

/** A line beside its product of now: `undefined` while it is not known, `null` where it is gone. */
export type ReviewedLine = { line: CartLine; product: Product | null | undefined; changes: Change[] }

/** The cart, each line compared with the product as it is now. */
export function useReviewedCart() {
  const lines = useCart()
  const products = useQueries({ queries: lines.map(({ productId }) => productQuery(productId)) })
  const reviewed: ReviewedLine[] = lines.map((line, index) => {
    const query = products[index]
    const product = isNotFound(query?.error) ? null : query?.data?.product
    return { line, product, changes: product === undefined ? [] : changesOf(line, product) }
  })
  return {
    reviewed,
    changed: reviewed.filter(({ changes }) => changes.length > 0).length,
    totalCents: totalCents(lines),
    acceptAll: () => accept(reviewed),
  }
}

function accept(reviewed: ReviewedLine[]): void {
  const changes = new Map(reviewed.map(({ line, changes }) => [line.productId, changes]))
  updateCart((lines) => lines.flatMap((line) => acceptChanges(line, changes.get(line.productId) ?? []) ?? []))
}
