import type { Product } from '../../api/types.ts'
import { centsOf } from '../../money.ts'
import { type CartLine, clampQuantity } from './cart.ts'

/** What is different from when the line was put into the cart. */
export type Change =
  | { kind: 'price'; fromCents: number; toCents: number }
  | { kind: 'short'; wanted: number; available: number }
  | { kind: 'gone' }

/** What changed since: the product as it is now, `null` where it is no longer sold. */
export function changesOf(
  line: CartLine,
  product: Pick<Product, 'price' | 'stock_quantity'> | null,
): Change[] {
  if (!product) return [{ kind: 'gone' }]
  const changes: Change[] = []
  const toCents = centsOf(product.price)
  if (toCents !== line.priceCents) changes.push({ kind: 'price', fromCents: line.priceCents, toCents })
  if (product.stock_quantity < line.quantity) {
    changes.push({ kind: 'short', wanted: line.quantity, available: product.stock_quantity })
  }
  return changes
}

/** The line as it can be ordered after its changes are accepted; null where nothing of it can. */
export function acceptChanges(line: CartLine, changes: Change[]): CartLine | null {
  let accepted: CartLine | null = line
  for (const change of changes) {
    if (change.kind === 'gone' || (change.kind === 'short' && change.available === 0)) return null
    if (change.kind === 'price') accepted = { ...accepted, priceCents: change.toCents }
    if (change.kind === 'short')
      accepted = { ...accepted, quantity: clampQuantity(line.quantity, change.available) }
  }
  return accepted
}

/** A change in words, prices written by `money`. */
export function changeWords(change: Change, money: (cents: number) => string): string {
  if (change.kind === 'gone') return 'No longer sold here.'
  if (change.kind === 'price') {
    const direction = change.toCents > change.fromCents ? 'up' : 'down'
    return `The price went ${direction} from ${money(change.fromCents)} to ${money(change.toCents)}.`
  }
  if (change.available === 0) return 'Sold out since you added it.'
  return `Only ${change.available} left; you wanted ${change.wanted}.`
}
