import fc, { type Arbitrary } from 'fast-check'
import type { Operation, Parameter, Schema } from './contracts.ts'
import type { Judged } from './faults.ts'
import { fieldValues, type Hints } from './values.ts'

/** Paths of an operation that its service has to take, though what they name may not exist. */
export function validPaths(operation: Operation, hints: Hints): Arbitrary<string> {
  const ids = parametersIn(operation, 'path').map(({ name, schema }) => fieldValues(name, schema, hints))
  const slash = fc.constantFrom('', '', '', '/')
  return fc
    .tuple(slash, ...ids)
    .map(([end, ...values]) => fill(operation, values.map(String)) + (operation.path === '/' ? '' : end))
}

/** Paths with an id that cannot exist; undefined where the path has none. */
export function oddPaths(operation: Operation): Arbitrary<Judged<string>> | undefined {
  if (parametersIn(operation, 'path').length === 0) return undefined
  return fc.constantFrom(...oddIds).map((id) => ({
    value: fill(operation, [id]),
    // A slash or a fault of encoding makes it another address, or none.
    verdict: /%(?![\da-f]{2})|%ff|\//i.test(id) ? 'either' : 'invalid',
    about: `id ${id.slice(0, 40)}`,
  }))
}

/** Query strings, without the question mark, of parameters that are all allowed. */
export function validQueries(operation: Operation, hints: Hints): Arbitrary<string> {
  const parameters = parametersIn(operation, 'query')
  const requiredKeys = parameters.filter(({ required }) => required).map(({ name }) => name)
  const fields: Record<string, Arbitrary<unknown>> = Object.fromEntries(
    parameters.map(({ name, schema }) => [name, fieldValues(name, schema, hints)]),
  )
  return fc.record(fields, { requiredKeys }).map((values) => toQuery(Object.entries(values)))
}

/** Query strings with one parameter off, or with parameters that nobody asked for. */
export function oddQueries(operation: Operation, hints: Hints): Arbitrary<Judged<string>> {
  const right = validQueries(operation, hints)
  const odd = parametersIn(operation, 'query').flatMap(({ name, schema, required = false }) => {
    const faults = fc.constantFrom(...oddParameters(schema))
    const wrong = fc.tuple(right, faults).map(([query, fault]): Judged<string> => {
      const rest = without(query, name)
      return { ...fault, value: join(rest, `${name}=${fault.value}`), about: `${name}: ${fault.about}` }
    })
    const twice = right.map((query) => invalid(join(query, `${name}=1&${name}=1`), `${name} twice`))
    const missing = right.map((query) => invalid(without(query, name), `${name} is missing`))
    return required ? [wrong, twice, missing] : [wrong, wrong, twice]
  })
  const unasked = fc.constantFrom(...unaskedParameters).chain((extra) =>
    right.map(
      (query): Judged<string> => ({
        value: join(query, extra),
        verdict: 'valid',
        about: `also ${extra.slice(0, 40)}`,
      }),
    ),
  )
  return fc.oneof(...odd, unasked)
}

function parametersIn({ parameters }: Operation, place: Parameter['in']): Parameter[] {
  return parameters.filter((parameter) => parameter.in === place)
}

function fill({ path }: Operation, values: string[]): string {
  return path.replace(/\{\w+\}/g, () => values.shift() ?? '')
}

function toQuery(entries: [string, unknown][]): string {
  return entries
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`)
    .join('&')
}

function without(query: string, name: string): string {
  return query
    .split('&')
    .filter((pair) => !pair.startsWith(`${name}=`))
    .join('&')
}

function join(...queries: string[]): string {
  return queries.filter(Boolean).join('&')
}

function oddParameters({ type, minimum, maximum, maxLength }: Schema): Judged<string>[] {
  if (type === 'integer') {
    const limits = [
      minimum === undefined ? [] : minimum - 1,
      maximum === undefined ? [] : BigInt(maximum) + 1n,
    ]
    const texts = [
      'abc',
      '',
      '1.5',
      '1e3',
      '%2B1',
      '%201',
      '0x10',
      '-1',
      '%00',
      'null',
      '9'.repeat(400),
      '%D9%A3',
    ]
    return [...limits.flat(), ...texts].map((text) => invalid(String(text), String(text).slice(0, 20)))
  }
  const faults = { NUL: 'a%00', bidi: '%E2%80%AE', 'a line break': 'a%0Ab' }
  return [
    ...Object.entries(faults).map(([about, text]) => invalid(text, about)),
    ...(maxLength === undefined ? [invalid('', 'empty')] : [invalid('a'.repeat(maxLength + 1), 'too long')]),
    ...['%zz', '%ED%A0%80', '%ff'].map((value) => ({ value, verdict: 'either' as const, about: value })),
  ]
}

const unaskedParameters = [
  'utm_source=x',
  'limit[]=1',
  '__proto__=1',
  'constructor[prototype]=1',
  '&&=&a',
  `x=${'y'.repeat(8000)}`,
]

const oddIds = [
  ...['0', '-1', '00', '1.5', '1e1', 'abc', 'null', 'NaN', '2147483648', '9007199254740993', '9'.repeat(300)],
  ...[
    '%00',
    '1%00',
    '%201',
    '1%20',
    '%2B1',
    '%D9%A1',
    '1;drop',
    "1'--",
    '*',
    '{product_id}',
    '%2e%2e',
    '%252e',
  ],
  ...['00000000-0000-0000-0000-00000000000g', 'urn:uuid:0', 'x'.repeat(9000)],
  ...['%zz', '%ff', '1%2f2', '%2f', '../1'],
]

function invalid(value: string, about: string): Judged<string> {
  return { value, verdict: 'invalid', about }
}
