import { config } from './config.ts'

const small =
  'no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const digits = new Intl.NumberFormat(config.locale)

/** A whole number with its noun as one would write it: `no products`, `one product`, `twenty-four products`, `1,204 products`. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${numberWords(count)} ${count === 1 ? one : many}`
}

/** A whole number as digits with grouping: `1,204`. */
export function formatCount(count: number): string {
  return digits.format(count)
}

/** The sentence with its first letter raised. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function numberWords(count: number): string {
  if (count < 20) return small[count] ?? String(count)
  if (count >= 100) return digits.format(count)
  const unit = small[count % 10]
  const ten = tens[Math.floor(count / 10) - 2]
  return count % 10 === 0 ? `${ten}` : `${ten}-${unit}`
}

const day = new Intl.DateTimeFormat(config.locale, { dateStyle: 'long' })
const moment = new Intl.DateTimeFormat(config.locale, { dateStyle: 'medium', timeStyle: 'short' })

/** The day of an ISO time: `November 22, 2026`. */
export function formatDay(iso: string): string {
  return day.format(new Date(iso))
}

/** The minute of an ISO time: `Nov 22, 2026, 9:41 PM`. */
export function formatMoment(iso: string): string {
  return moment.format(new Date(iso))
}
