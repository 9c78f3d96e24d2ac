import { faultsByField, type Line, type Problem } from '../../api/problem.ts'
import { centsOf } from '../../money.ts'

/** Why an order was not placed: a sentence, and where lines were the reason, a sentence for each. */
export type Refusal = { title: string; lines: { productId: number; words: string }[]; address?: string }

/** The refusal in words; `nameOf` names a product, `money` writes a price. */
export function refusalOf(
  problem: Problem,
  nameOf: (productId: number) => string,
  money: (cents: number) => string,
): Refusal {
  if (problem.code === 'out_of_stock' || problem.code === 'price_changed') {
    return {
      title:
        problem.code === 'out_of_stock'
          ? 'Your order was not placed: someone was faster.'
          : 'Your order was not placed: prices changed while you were here.',
      lines: problem.lines.map((line) => ({
        productId: line.product_id,
        words: `${nameOf(line.product_id)}: ${lineWords(line, money)}`,
      })),
    }
  }
  if (problem.code === 'idempotency_key_reused') {
    const title =
      'This order may have been placed before. Look at your orders first, then place it again if it is not there.'
    return { title, lines: [] }
  }
  if (problem.code === 'abandoned') {
    return { title: 'Your order was not placed and nothing was taken. Please place it again.', lines: [] }
  }
  const { shipping_address: address, ...others } = faultsByField(problem)
  const title = Object.values(others)[0] ?? (address ? 'Please look at the address.' : problem.message)
  return { title: `Your order was not placed. ${title}`, lines: [], ...(address && { address }) }
}

function lineWords(line: Line, money: (cents: number) => string): string {
  if (line.current !== undefined && line.expected !== undefined) {
    return `now ${money(centsOf(line.current))}, you saw ${money(centsOf(line.expected))}.`
  }
  if (!line.available) return 'none left.'
  return `only ${line.available} left, you wanted ${line.wanted ?? 'more'}.`
}
