import { formatMoney } from '../money.ts'
import { classNames } from './class-names.ts'

/** An amount in the shop's currency, in figures of one width. */
export function Money({ cents, className }: { cents: number; className?: string }) {
  return <span className={classNames('figures whitespace-nowrap', className)}>{formatMoney(cents)}</span>
}
