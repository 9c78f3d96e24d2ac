/** A line of an order that asks for stock. `expectedPrice` is what the buyer was shown, where they said. */
export type WantedLine = { productId: number; quantity: number; expectedPrices: number[] }

/** A product as it is while its row is locked. */
export type LockedProduct = { productId: number; name: string; price: number; stockQuantity: number }

export type AllocatedLine = { productId: number; quantity: number; unitPrice: number; name: string }

export type Shortage = { product_id: number; wanted: number; available: number }
export type PriceChange = { product_id: number; expected: number; current: number }

/** Why an order gets nothing; stored and told as it is. */
export type Rejection =
  | { code: 'out_of_stock'; lines: Shortage[] }
  | { code: 'price_changed'; lines: PriceChange[] }

/** The verdict that stands for an order: `held` and `released` name the lines as they were taken. */
export type Allocation =
  | { verdict: 'held' | 'released'; lines: AllocatedLine[] }
  | { verdict: 'rejected'; rejection: Rejection }
  | { verdict: 'void' }

export type RequestedLine = { productId: number; quantity: number; expectedPrice?: number | undefined }

/** One line per product, in id order: the order in which rows are locked, so that no two orders wait in a circle. */
export function mergeLines(lines: RequestedLine[]): WantedLine[] {
  const merged = new Map<number, WantedLine>()
  for (const { productId, quantity, expectedPrice } of lines) {
    const line = merged.get(productId) ?? { productId, quantity: 0, expectedPrices: [] }
    line.quantity += quantity
    if (expectedPrice !== undefined) line.expectedPrices.push(expectedPrice)
    merged.set(productId, line)
  }
  return [...merged.values()].sort((a, b) => a.productId - b.productId)
}

/** Judges an order against the locked rows: all of its lines are taken, or none and the reasons are told. */
export function judge(wanted: WantedLine[], products: LockedProduct[]): AllocatedLine[] | Rejection {
  const byId = new Map(products.map((product) => [product.productId, product]))
  const shortages = wanted.flatMap(({ productId, quantity }) => {
    const available = byId.get(productId)?.stockQuantity ?? 0
    return available < quantity ? [{ product_id: productId, wanted: quantity, available }] : []
  })
  if (shortages.length > 0) return { code: 'out_of_stock', lines: shortages }
  const lines: AllocatedLine[] = []
  const priceChanges: PriceChange[] = []
  for (const { productId, quantity, expectedPrices } of wanted) {
    const product = byId.get(productId)
    if (!product) continue
    const surprise = expectedPrices.find((expected) => expected !== product.price)
    if (surprise !== undefined) {
      priceChanges.push({ product_id: productId, expected: surprise, current: product.price })
    }
    lines.push({ productId, quantity, unitPrice: product.price, name: product.name })
  }
  return priceChanges.length > 0 ? { code: 'price_changed', lines: priceChanges } : lines
}
