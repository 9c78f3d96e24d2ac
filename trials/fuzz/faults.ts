import fc, { type Arbitrary } from 'fast-check'
import type { Schema } from './contracts.ts'
import { type Hints, validValues } from './values.ts'

/** What a service has to make of something: take it, refuse it as not valid, or either. */
export type Verdict = 'valid' | 'invalid' | 'either'

export type Judged<Value = unknown> = { value: Value; verdict: Verdict; about: string }

/** Values that are right but for one place, each with what is odd about it and what is to be made of it. */
export function nearlyValid(schema: Schema, hints: Hints = {}): Arbitrary<Judged> {
  const types = [schema.type ?? 'object'].flat()
  const wrong = fc.constantFrom(...wrongTypes(types))
  const [type] = types
  if (type === 'object') {
    return fc.oneof({ weight: 1, arbitrary: wrong }, { weight: 9, arbitrary: oddObjects(schema, hints) })
  }
  if (type === 'array') {
    return fc.oneof({ weight: 1, arbitrary: wrong }, { weight: 4, arbitrary: oddArrays(schema, hints) })
  }
  const scalars = oddScalars(schema, types)
  return fc.oneof({ weight: 1, arbitrary: wrong }, { weight: 2, arbitrary: fc.constantFrom(...scalars) })
}

function oddObjects(schema: Schema, hints: Hints): Arbitrary<Judged> {
  const { properties = {}, required = [] } = schema
  const whole = validValues(schema, hints) as Arbitrary<Record<string, unknown>>
  const odd = Object.entries(properties).map(([name, field]) =>
    fc.tuple(whole, nearlyValid(field, hints)).map(([rest, fault]) => ({
      value: { ...rest, [name]: fault.value },
      verdict: fault.verdict,
      about: `${name}: ${fault.about}`,
    })),
  )
  const missing = required.map((name) =>
    whole.map(({ [name]: _left, ...rest }) => invalid(rest, `${name} is missing`)),
  )
  const extra = whole.map((rest) => ({
    value: { ...rest, product_id: 1, is_admin: true, constructor: { x: 1 } },
    verdict: 'product_id' in properties ? ('either' as const) : ('valid' as const),
    about: 'unknown fields',
  }))
  const polluting = whole.map((rest) => invalid({ ...rest, ...pollution }, '__proto__'))
  return fc.oneof(...odd, ...odd, ...missing, extra, polluting)
}

/** A field of that name, and not the object's prototype. */
const pollution = JSON.parse('{"__proto__":{"is_admin":true}}')

function oddArrays({ items = {}, minItems = 0, maxItems = 100 }: Schema, hints: Hints): Arbitrary<Judged> {
  const item = validValues(items, hints)
  const tooMany = item.map((one) =>
    invalid(
      Array.from({ length: maxItems + 1 }, () => one),
      `${maxItems + 1} items`,
    ),
  )
  const odd = fc.tuple(fc.array(item, { maxLength: 3 }), nearlyValid(items, hints)).map(([rest, fault]) => ({
    value: [...rest, fault.value],
    verdict: fault.verdict,
    about: `an item: ${fault.about}`,
  }))
  const empty = fc.constant(minItems > 0 ? invalid([], 'no items') : valid([], 'no items'))
  return fc.oneof(
    { weight: 4, arbitrary: odd },
    { weight: 1, arbitrary: tooMany },
    { weight: 1, arbitrary: empty },
  )
}

function wrongTypes(types: string[]): Judged[] {
  const samples = { boolean: true, array: [], object: {}, string: 'text', number: 5, null: null }
  return Object.entries(samples)
    .filter(([type]) => !types.includes(type) && !(type === 'number' && types.includes('integer')))
    .map(([type, value]) => invalid(value, type))
}

function oddScalars(schema: Schema, types: string[]): Judged[] {
  if (schema.enum)
    return [invalid('', 'no choice'), invalid(String(schema.enum[0]).toUpperCase(), 'upper case')]
  if (types.includes('integer')) return [...oddNumbers(schema), ...oddIntegers(schema)]
  if (types.includes('number')) return [...oddNumbers(schema), ...oddAmounts(schema)]
  return oddTexts(schema)
}

function oddNumbers({ exclusiveMinimum }: Schema): Judged[] {
  return [
    invalid(rawJson('1e400'), '1e400'),
    invalid(rawJson('-1e400'), '-1e400'),
    invalid('5', 'a number as text'),
    ...(exclusiveMinimum === undefined
      ? []
      : [invalid(exclusiveMinimum, 'the limit itself'), invalid(-1, 'negative')]),
  ]
}

function oddIntegers({ minimum = 0, maximum = 2 ** 31 - 1, not }: Schema): Judged[] {
  return [
    invalid(minimum - 1, 'one too little'),
    invalid(maximum + 1, 'one too much'),
    valid(minimum, 'the least'),
    valid(maximum, 'the most'),
    valid(rawJson('5.0'), '5.0'),
    valid(rawJson('5e0'), '5e0'),
    invalid(1.5, 'a fraction'),
    invalid(2 ** 53, 'beyond what is exact'),
    invalid(rawJson('123456789012345678901234567890'), 'thirty digits'),
    ...(not?.enum ?? []).map((value) => invalid(value, 'what is excluded')),
  ]
}

function oddAmounts({ maximum }: Schema): Judged[] {
  return [
    invalid(0.001, 'three decimals'),
    invalid(19.999, 'three decimals'),
    invalid(0.1 + 0.2, 'a sum of floats'),
    invalid(5e-324, 'the least float'),
    ...(maximum === undefined
      ? [valid(Number.MAX_VALUE, 'the greatest float')]
      : [valid(maximum, 'the most'), invalid(maximum + 0.01, 'a cent too much'), invalid(1e300, '1e300')]),
  ]
}

function oddTexts({ format, minLength = 0, maxLength, 'x-text': kind }: Schema): Judged[] {
  const whole = format === 'http-url' ? 'https://pictures.example/' : 'a'
  const forbidden = { NUL: '\0', 'a lone surrogate': '\ud800', bidi: '\u202e', BEL: '\u0007', DEL: '\u007f' }
  const lineBreak =
    kind === 'line' ? invalid(`${whole}\n${whole}`, 'a line break') : valid('a\nb', 'a line break')
  return [
    ...Object.entries(forbidden).map(([about, character]) => invalid(`${whole}${character}b`, about)),
    ...(format === 'http-url' ? oddAddresses : [lineBreak]),
    ...(minLength > 0 ? [invalid('', 'empty'), invalid(' \u200b\u00a0 ', 'nothing to see')] : []),
    ...(maxLength === undefined ? [] : [invalid(whole.padEnd(maxLength + 1, 'a'), 'a character too long')]),
    ...(maxLength === undefined ? [] : [valid(whole.padEnd(maxLength, 'a'), 'as long as may be')]),
  ]
}

const oddAddresses = [
  '',
  'not an address',
  '//host/x',
  'javascript:alert(1)',
  'ftp://host/x',
  'https://',
].map((text) => invalid(text, JSON.stringify(text)))

function valid(value: unknown, about: string): Judged {
  return { value, verdict: 'valid', about }
}

function invalid(value: unknown, about: string): Judged {
  return { value, verdict: 'invalid', about }
}

/** A number in the text of a body exactly as written here. */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(text)
}
