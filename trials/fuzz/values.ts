import fc, { type Arbitrary } from 'fast-check'
import type { Schema } from './contracts.ts'

/** Values for fields that the schema alone cannot choose well, by field name: ids that exist, prices that are right. */
export type Hints = Record<string, Arbitrary<unknown>>

/** Values that the schema allows; small ones, edges and odd ones among them. */
export function validValues(schema: Schema, hints: Hints = {}): Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const types = [schema.type ?? 'object'].flat()
  const some = ofType(schema, types[0] ?? '', hints)
  return types.includes('null') ? fc.option(some, { freq: 6 }) : some
}

function ofType(schema: Schema, type: string, hints: Hints): Arbitrary<unknown> {
  if (type === 'object') return objects(schema, hints)
  if (type === 'array') return arrays(schema, hints)
  if (type === 'integer') return integers(schema)
  if (type === 'number') return amounts(schema)
  if (schema.format === 'uuid') return fc.uuid()
  if (schema.format === 'http-url') return fc.constantFrom(...addresses)
  return texts(schema)
}

function objects({ properties = {}, required = [] }: Schema, hints: Hints): Arbitrary<unknown> {
  const fields: Record<string, Arbitrary<unknown>> = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, fieldValues(name, schema, hints)]),
  )
  return fc.record(fields, { requiredKeys: required, noNullPrototype: true })
}

/** The values of a field: the hinted ones, and now and then any other. */
export function fieldValues(name: string, schema: Schema, hints: Hints): Arbitrary<unknown> {
  const any = validValues(schema, hints)
  const hinted = hints[name]
  return hinted ? fc.oneof({ weight: 9, arbitrary: hinted }, { weight: 1, arbitrary: any }) : any
}

function arrays({ items = {}, minItems = 0, maxItems = 10 }: Schema, hints: Hints): Arbitrary<unknown> {
  const item = validValues(items, hints)
  const few = fc.array(item, { minLength: minItems, maxLength: Math.min(maxItems, 4) })
  const twice = item.map((one) => [one, one])
  const full = item.map((one) => Array.from({ length: maxItems }, () => one))
  return fc.oneof(
    { weight: 12, arbitrary: few },
    { weight: 2, arbitrary: twice },
    { weight: 1, arbitrary: full },
  )
}

function integers({ minimum = 0, maximum = 2 ** 31 - 1, not }: Schema): Arbitrary<unknown> {
  const range = fc.maxSafeInteger().map((n) => minimum + (Math.abs(n) % (maximum - minimum + 1)))
  const small = fc.integer({ min: Math.max(minimum, -50), max: Math.min(maximum, 50) })
  return fc.oneof(small, range, fc.constantFrom(minimum, maximum)).filter((n) => !not?.enum.includes(n))
}

/** Money, in whole cents; the few prices that everybody uses meet each other often. */
function amounts({ maximum = 99_999_999.99 }: Schema): Arbitrary<unknown> {
  const cents = fc.integer({ min: 1, max: Math.round(maximum * 100) }).map((n) => n / 100)
  return fc.oneof(fc.constantFrom(...prices), cents, fc.constantFrom(0.01, maximum))
}

export const prices = [0.1, 0.29, 1.1, 19.99, 4.35, 1_000_000.01] as const

const addresses = [
  'https://pictures.example/a.jpg',
  'HTTP://pictures.example:8080/%00?a=%22&b=<i>#x',
  'https://user:pass@[::1]/ü?q=\u{1f600}',
  `https://pictures.example/${'a'.repeat(2018)}`,
]

const oddTexts = [
  "Robert'); drop table products; --",
  '<script>alert(1)</script>',
  '%_\\%',
  '{{7*7}} <%= 7*7 %> %s',
  'null',
  'NaN',
  '\u05d0\u05d1 \u0627\u0644',
  'e\u0301 \u{1f469}\u200d\u{1f680} \ufdfa',
  '\ufffe\uffff\u{10ffff}',
  '  with space around \u00a0',
]

function texts({ minLength = 0, maxLength = 255, 'x-text': kind }: Schema): Arbitrary<unknown> {
  const odd = fc.constantFrom(...oddTexts, ...(kind === 'block' ? ['two\r\nlines\tand a tab'] : []))
  const letters = fc.string({ unit: 'grapheme-ascii', minLength, maxLength: Math.min(20, maxLength) })
  // The ends are trimmed: what must not be empty begins with a letter.
  const any = letters.map((text) => (minLength > 0 ? `x${text.slice(1)}` : text))
  const full = fc.constantFrom('x', '\u{1f600}', '語').map((letter) => letter.repeat(maxLength))
  return fc.oneof(
    { weight: 6, arbitrary: any },
    { weight: 3, arbitrary: odd },
    { weight: 1, arbitrary: full },
  )
}
