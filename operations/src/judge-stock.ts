import type { Difference } from './reconcile.ts'
import type { StockFacts } from './snapshots.ts'

/** Compares a product's stock with the sum of its movements (I2), and with what was counted and what is held (I1). */
export function judgeStock({ productId, stockQuantity, ledger, counted, held }: StockFacts): Difference[] {
  const differences: Difference[] = []
  if (stockQuantity !== ledger) {
    const sentence = `Product ${productId} has ${stockQuantity} in stock, and its movements add up to ${ledger}.`
    differences.push({ kind: 'other', about: `ledger of product ${productId}`, sentence })
  }
  if (stockQuantity !== counted - held) {
    const by = `${counted} were counted and adjusted, of which ${held} are held for orders`
    const sentence = `Product ${productId} has ${stockQuantity} in stock, and ${by}.`
    differences.push({ kind: 'other', about: `stock of product ${productId}`, sentence })
  }
  return differences
}
