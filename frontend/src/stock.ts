/** At this many units or fewer the shop says how many are left. */
export const lowStockUnits = 5

/** A stock figure as a customer reads it, and how much that is. */
export function stockOf(quantity: number): { words: string; level: 'plenty' | 'low' | 'none' } {
  if (quantity <= 0) return { words: 'Sold out', level: 'none' }
  if (quantity <= lowStockUnits) return { words: `Only ${quantity} left`, level: 'low' }
  return { words: 'In stock', level: 'plenty' }
}
