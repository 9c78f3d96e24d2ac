import { stockOf } from '../stock.ts'
import { classNames } from './class-names.ts'

/** Stock in words: In stock, Only 3 left, Sold out. */
export function StockWords({ quantity, className }: { quantity: number; className?: string }) {
  const { words, level } = stockOf(quantity)
  const tone = { plenty: 'text-muted', low: 'font-medium text-warn', none: 'text-muted' }[level]
  return <span className={classNames('whitespace-nowrap text-sm', tone, className)}>{words}</span>
}
