import { type Schema, typesOf } from './operations.ts'

/** Values a field must refuse, as they stand in JSON text: not everything hostile can be written by JSON.stringify. */
export function hostileJson(schema: Schema): string[] {
  if (schema.enum)
    return [...wrongTypes(schema), ...['"none of these"', '"PENDING"', '"pending\\u0000"', '""']]
  const types = typesOf(schema)
  if (types.includes('integer'))
    return [
      ...wrongTypes(schema),
      ...integers(schema),
      ...(schema.not?.enum.map(String) ?? []),
      '1.5',
      '1e-7',
    ]
  if (types.includes('number')) return [...wrongTypes(schema), ...amounts(schema)]
  if (types.includes('array')) return [...wrongTypes(schema), ...lists(schema)]
  if (types.includes('object')) return wrongTypes(schema)
  return [...wrongTypes(schema), ...texts(schema).map((text) => JSON.stringify(text))]
}

/** Values a query parameter must refuse, ready to stand in an address. */
export function hostileQuery(schema: Schema): string[] {
  if (typesOf(schema).includes('integer')) {
    const words = [
      '',
      'abc',
      '1.5',
      '1e1',
      '0x10',
      '%2B1',
      '%201',
      '1%00',
      'null',
      'true',
      'NaN',
      '%D9%A1',
      '--1',
      '1_0',
    ]
    return [...words, ...integers(schema).filter((literal) => literal !== '1e400')]
  }
  const values = schema.enum ? ['', 'none', 'PENDING', 'pending ', 'pending\u0000'] : texts(schema)
  return values.filter((text) => text.isWellFormed()).map(encodeURIComponent)
}

/** What no id is: each gives 404 as a path, whether or not something stands behind a neighbouring number. */
export const hostileIds = [
  ...[
    '0',
    '-1',
    '1.5',
    '1e0',
    '0x1',
    '2147483648',
    '9223372036854775808',
    '1'.repeat(400),
    'abc',
    'null',
    'true',
    'NaN',
  ],
  ...[
    '%00',
    '1%00',
    '1%20',
    '%2B1',
    '%D9%A1',
    '1%0d%0aX-Injected:1',
    "1'or'1'='1",
    '1;drop%20table%20orders',
    '%F0%9F%8F%BA',
  ],
  ...[
    '__proto__',
    'constructor',
    '{product_id}',
    ':product_id',
    '[1]',
    '1,2',
    '1&2',
    '1=1',
    '*',
    'x'.repeat(8000),
  ],
]

/** Ids that cannot even be read: 400, where 404 would be as right. */
export const unreadableIds = ['%', '%zz', '%ff', '%ED%A0%80', '1%C0%AF']

const bidiAndControls = [
  '\u0000',
  '\u0007',
  '\u001b[31m',
  '\u007f',
  '\u0085',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u061c',
]

function texts(schema: Schema): string[] {
  const spoiled = [...bidiAndControls, '\ud800', '\udc00', '\udc00\ud800'].map((letter) => `a${letter}b`)
  const tooLong =
    schema.maxLength === undefined
      ? []
      : ['x'.repeat(schema.maxLength + 1), '😀'.repeat(schema.maxLength + 1)]
  const huge = ['x'.repeat(50_000)]
  const tooShort = schema.minLength ? ['', '   ', '\u200b\u2060', '\n\t'] : []
  const lines = schema['x-text'] === 'line' ? ['two\nlines', 'a\u2028b'] : []
  return [
    ...spoiled,
    ...tooLong,
    ...huge,
    ...tooShort,
    ...lines,
    ...(schema.format ? strangersTo(schema.format) : []),
  ]
}

function strangersTo(format: string): string[] {
  if (format === 'uuid')
    return ['', 'x', '00000000-0000-4000-8000-00000000000g', '{00000000-0000-4000-8000-000000000001}']
  const addresses = [
    '',
    'x',
    '/a.png',
    '//x/a.png',
    'javascript:alert(1)',
    'data:text/html,<script>',
    'file:///etc/passwd',
  ]
  return [...addresses, 'https://', 'http://[::1', 'ftp://x/a', ' javascript:alert(1)', 'https:///a b']
}

function integers({ minimum = -Infinity, maximum = Infinity }: Schema): string[] {
  const literals = [
    '2147483648',
    '-2147483649',
    '4294967297',
    '9007199254740993',
    '9223372036854775808',
    '-1',
    '1e400',
  ]
  const beyond = [minimum - 1, maximum + 1].filter(Number.isFinite).map(String)
  return [...literals, ...beyond].filter((literal) => Number(literal) < minimum || Number(literal) > maximum)
}

/** `1e400` is read as Infinity; `-0` is no price, but is as good as 0. */
function amounts({ maximum = Infinity, exclusiveMinimum = -Infinity }: Schema): string[] {
  const literals = ['0', '-0', '-1', '-0.01', '1e8', '99999999.999', '1e300', '-1e300']
  const outside = literals.filter(
    (literal) => Number(literal) <= exclusiveMinimum || Number(literal) > maximum,
  )
  return [...outside, '0.001', '0.015', '19.999', '1e-7', '1e400', '-1e400', '5e-324']
}

function lists({ minItems = 0, maxItems = Infinity }: Schema): string[] {
  const tooMany = Number.isFinite(maxItems) ? [`[${Array(maxItems + 1).fill('{}')}]`] : []
  return [...(minItems > 0 ? ['[]'] : []), ...tooMany, '[null]', '[[]]', '["x"]']
}

function wrongTypes(schema: Schema): string[] {
  const types = typesOf(schema)
  const others: Record<string, string[]> = {
    string: ['"5"', '"NaN"', '""'],
    number: ['5'],
    boolean: ['true', 'false'],
    array: ['[5]', '[[]]'],
    object: ['{}', '{"toString":1}', '{"$gt":0}'],
    null: ['null'],
  }
  const own = types.map((type) => (type === 'integer' ? 'number' : type))
  return Object.entries(others).flatMap(([type, literals]) => (own.includes(type) ? [] : literals))
}
