import { config } from '../../config.ts'

/** A line of the cart: what was put in, and the price that was on show then (or accepted since). */
export type CartLine = { productId: number; name: string; priceCents: number; quantity: number }

/** The lines with `quantity` more units of a product, at its price of now; never more than `limit` of it. */
export function addToLines(lines: CartLine[], added: CartLine, limit: number): CartLine[] {
  const present = lines.find((line) => line.productId === added.productId)
  const quantity = clampQuantity((present?.quantity ?? 0) + added.quantity, limit)
  if (!present) {
    return lines.length < config.limits.linesPerOrder ? [...lines, { ...added, quantity }] : lines
  }
  return lines.map((line) => (line === present ? { ...added, quantity } : line))
}

/** The lines with one changed in some of its parts. */
export function changeLine(
  lines: CartLine[],
  productId: number,
  part: Partial<Pick<CartLine, 'quantity' | 'priceCents'>>,
): CartLine[] {
  return lines.map((line) => (line.productId === productId ? { ...line, ...part } : line))
}

/** The lines without one. */
export function removeLine(lines: CartLine[], productId: number): CartLine[] {
  return lines.filter((line) => line.productId !== productId)
}

/** The lines with a removed one back where it stood. */
export function restoreLine(lines: CartLine[], line: CartLine, index: number): CartLine[] {
  return lines.some(({ productId }) => productId === line.productId) ? lines : lines.toSpliced(index, 0, line)
}

/** What is left once some units were ordered; lines that were added meanwhile stay. */
export function subtractOrdered(
  lines: CartLine[],
  ordered: { product_id: number; quantity: number }[],
): CartLine[] {
  return lines
    .map((line) => {
      const taken = ordered.find(({ product_id }) => product_id === line.productId)?.quantity ?? 0
      return { ...line, quantity: line.quantity - taken }
    })
    .filter(({ quantity }) => quantity > 0)
}

/** The exact sum in cents. */
export function totalCents(lines: Pick<CartLine, 'priceCents' | 'quantity'>[]): number {
  return lines.reduce((sum, { priceCents, quantity }) => sum + priceCents * quantity, 0)
}

/** How many units lie in the cart. */
export function unitCount(lines: CartLine[]): number {
  return lines.reduce((sum, { quantity }) => sum + quantity, 0)
}

/** A quantity that an order may carry and the stock allows: at least 1. */
export function clampQuantity(quantity: number, stock: number): number {
  return Math.max(1, Math.min(Math.trunc(quantity) || 1, stock, config.limits.unitsPerLine))
}

/** The lines that were kept as text; anything that is none is dropped, so a damaged memory is an empty cart. */
export function parseLines(text: string | null): CartLine[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(kept) ? kept.filter(isLine).slice(0, config.limits.linesPerOrder) : []
  } catch {
    return []
  }
}

function isLine(value: unknown): value is CartLine {
  if (typeof value !== 'object' || value === null) return false
  const line = value as Record<keyof CartLine, unknown>
  return (
    typeof line.name === 'string' &&
    [line.productId, line.priceCents, line.quantity].every((n) => Number.isSafeInteger(n) && Number(n) > 0)
  )
}
