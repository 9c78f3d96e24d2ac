import { config } from './config.ts'

/** Whole cents of an amount as the services send it (12.34 → 1234). Sums are made of these, never of fractions. */
export function centsOf(amount: number): number {
  return Math.round(amount * 100)
}

/** The amount to send for whole cents (1234 → 12.34): its JSON has at most two decimals. */
export function amountOf(cents: number): number {
  return cents / 100
}

const formatter = new Intl.NumberFormat(config.locale, { style: 'currency', currency: config.currency })

/** Whole cents in words of the shop's currency: `$12.34`. */
export function formatMoney(cents: number): string {
  return formatter.format(cents / 100)
}

/** The currency's sign as it stands before or after an amount: `$`. */
export const currencySign =
  formatter.formatToParts(0).find((part) => part.type === 'currency')?.value ?? config.currency

/**
 * Whole cents of what somebody typed as a price: `12`, `12.3`, `12,30`, `$1,234.50`.
 * Null where it is no price of at most two decimals.
 */
export function parsePrice(text: string): number | null {
  const bare = text.replace(currencySign, '').replace(/\s/g, '')
  const plain = /^\d{1,3}(,\d{3})+(\.\d{1,2})?$/.test(bare)
    ? bare.replaceAll(',', '')
    : bare.replace(',', '.')
  const match = /^(\d{1,9})(?:\.(\d{0,2}))?$/.exec(plain)
  if (!match) return null
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}

/** Cents as they are edited in a field: `12.34`, without sign or grouping. */
export function priceText(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
}
