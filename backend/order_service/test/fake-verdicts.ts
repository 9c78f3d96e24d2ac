export type FakeProduct = { name: string; price: number; stock: number }

export type AskedLine = { product_id: number; quantity: number; expected_price?: number }

export type HeldLine = { product_id: number; quantity: number; unit_price: number; name: string }

export type FakeVerdict =
  | { verdict: 'held' | 'released'; lines: HeldLine[] }
  | { verdict: 'rejected'; rejection: { code: string; lines: Record<string, number>[] } }
  | { verdict: 'void' }

/** The product service's side of the protocol, in memory: a verdict per order, written once, and the stock behind it. */
export class FakeVerdicts {
  readonly products = new Map<number, FakeProduct>()
  readonly verdicts = new Map<string, FakeVerdict>()
  /** Every change of stock: what was taken is negative. */
  readonly movements: { orderUid: string; productId: number; delta: number }[] = []

  addProduct(product: Partial<FakeProduct> = {}): number {
    const productId = this.products.size + 1
    this.products.set(productId, { name: `Product ${productId}`, price: 10, stock: 1000, ...product })
    return productId
  }

  stockOf(productId: number): number {
    return this.#product(productId).stock
  }

  setPrice(productId: number, price: number): void {
    this.#product(productId).price = price
  }

  setStock(productId: number, stock: number): void {
    this.#product(productId).stock = stock
  }

  allocate(orderUid: string, lines: AskedLine[]): FakeVerdict {
    return this.verdicts.get(orderUid) ?? this.#write(orderUid, this.#judge(orderUid, lines))
  }

  abandon(orderUid: string): FakeVerdict {
    return this.verdicts.get(orderUid) ?? this.#write(orderUid, { verdict: 'void' })
  }

  release(orderUid: string): FakeVerdict {
    const standing = this.abandon(orderUid)
    if (standing.verdict !== 'held') return standing
    for (const line of standing.lines) this.#move(orderUid, line, +1)
    return this.#write(orderUid, { verdict: 'released', lines: standing.lines })
  }

  /** As if it had never been asked about this order. */
  forget(orderUid: string): void {
    this.release(orderUid)
    this.verdicts.delete(orderUid)
  }

  #judge(orderUid: string, asked: AskedLine[]): FakeVerdict {
    const byProduct = [...Map.groupBy(asked, ({ product_id }) => product_id)].sort(([a], [b]) => a - b)
    const held: HeldLine[] = []
    const shortages: Record<string, number>[] = []
    const surprises: Record<string, number>[] = []
    for (const [product_id, lines] of byProduct) {
      const quantity = lines.reduce((sum, line) => sum + line.quantity, 0)
      const { name, price, stock } = this.products.get(product_id) ?? { name: '', price: 0, stock: 0 }
      if (stock < quantity) shortages.push({ product_id, wanted: quantity, available: stock })
      const other = lines.find(({ expected_price = price }) => expected_price !== price)?.expected_price
      if (other !== undefined) surprises.push({ product_id, expected: other, current: price })
      held.push({ product_id, quantity, unit_price: price, name })
    }
    if (shortages.length > 0) return rejected('out_of_stock', shortages)
    if (surprises.length > 0) return rejected('price_changed', surprises)
    for (const line of held) this.#move(orderUid, line, -1)
    return { verdict: 'held', lines: held }
  }

  #move(orderUid: string, { product_id: productId, quantity }: HeldLine, sign: 1 | -1): void {
    this.#product(productId).stock += sign * quantity
    this.movements.push({ orderUid, productId, delta: sign * quantity })
  }

  #write(orderUid: string, verdict: FakeVerdict): FakeVerdict {
    this.verdicts.set(orderUid, verdict)
    return verdict
  }

  #product(productId: number): FakeProduct {
    const product = this.products.get(productId)
    if (!product) throw new Error(`There is no product ${productId}.`)
    return product
  }
}

function rejected(code: string, lines: Record<string, number>[]): FakeVerdict {
  return { verdict: 'rejected', rejection: { code, lines } }
}
