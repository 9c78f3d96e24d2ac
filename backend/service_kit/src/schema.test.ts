import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type TSchema, Type } from 'typebox'
import {
  compileValidator,
  HttpUrl,
  Id,
  InvalidRequest,
  Money,
  Nullable,
  OneOf,
  Text,
  Uuid,
} from './schema.ts'

const check = (schema: TSchema, data: unknown, httpPart = 'body') => {
  const result = compileValidator({ schema, httpPart })(data)
  assert.ok(typeof result === 'object')
  if (!('error' in result)) return result.value
  assert.ok(result.error instanceof InvalidRequest)
  return result.error.faults.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`)
}
const field = (schema: TSchema, value: unknown) => check(Type.Object({ x: schema }), { x: value })

describe('the words of a fault', () => {
  for (const [schema, value, words] of [
    [Id, 0, 'greater than or equal to 1'],
    [Id, 2 ** 31, 'less than or equal to 2147483647'],
    [Text({ maxLength: 1 }), 'xx', 'String should have at most 1 character'],
    [Text({ minLength: 2, maxLength: 9 }), 'x', 'String should have at least 2 characters'],
    [Type.Array(Id, { minItems: 1 }), [], 'List should have at least 1 item after validation, not 0'],
    [Type.Array(Id, { maxItems: 1 }), [1, 2], 'List should have at most 1 item after validation, not 2'],
    [Type.Array(Id), {}, 'Input should be a valid list'],
    [OneOf(['a', 'b', 'c']), 'd', "Input should be 'a', 'b' or 'c'"],
    [OneOf(['a']), 'd', "Input should be 'a'"],
    [Uuid, 'x', 'Input should be a valid uuid'],
    [HttpUrl, 'x', 'Input should be a valid http(s) URL'],
    [Nullable(Id), 'x', 'Input should be a valid integer'],
    [Type.Integer(), 1.5, 'Input should be a valid integer, got a number with a fractional part'],
  ] as const) {
    test(`for ${JSON.stringify(value)} are "${words}"`, () => {
      const faults = field(schema as TSchema, value)
      assert.ok(Array.isArray(faults) && faults.length === 1)
      assert.ok(
        String(faults[0]).startsWith('body.x: ') && String(faults[0]).endsWith(words),
        String(faults[0]),
      )
    })
  }

  test('lead to the place in a list', () => {
    const lines = Type.Object({ lines: Type.Array(Type.Object({ 'a/b': Id })) })
    const faults = check(lines, { lines: [{ 'a/b': 1 }, { 'a/b': 'x' }, {}] })
    assert.deepEqual(faults, [
      'body.lines.1.a/b: Input should be a valid integer',
      'body.lines.2.a/b: Field required',
    ])
  })
})

describe('money', () => {
  test('has at most two decimals, as decimals are written', () => {
    for (const good of [0.01, 0.07, 0.1, 19.99, 1.15, 4.35, 1e6, 99_999_999.99, 8_388_608.13]) {
      assert.deepEqual(field(Money(), good), { x: good })
    }
    for (const bad of [0.001, 19.999, 0.1 + 0.2, 1e-9]) {
      assert.deepEqual(field(Money(), bad), [
        'body.x: Decimal input should have no more than 2 decimal places',
      ])
    }
  })
})

describe('text', () => {
  const line = Text({ maxLength: 5 })
  const block = Text({ maxLength: 20, block: true })
  test('is trimmed and composed before it is measured', () => {
    assert.deepEqual(field(line, '   e\u0301e\u0301e\u0301e\u0301e\u0301 '), { x: 'ééééé' })
    assert.deepEqual(field(Nullable(line), ' a '), { x: 'a' })
    assert.deepEqual(field(Type.Array(line), [' a ', ' b ']), { x: ['a', 'b'] })
  })

  test('of nothing that can be seen is empty', () => {
    assert.deepEqual(field(Text({ minLength: 1, maxLength: 5 }), ' \u200b\u2060 '), [
      'body.x: String should have at least 1 character',
    ])
  })

  test('is measured in characters as people count them, not in code units', () => {
    assert.deepEqual(field(line, '🫖🫖🫖🫖🫖'), { x: '🫖🫖🫖🫖🫖' })
    assert.equal((field(line, '🫖🫖🫖🫖🫖🫖') as string[]).length, 1)
  })

  test('of several lines may have line breaks and tabs, a line may not', () => {
    assert.deepEqual(field(block, 'a\r\nb\rc\td'), { x: 'a\nb\nc\td' })
    for (const bad of ['a\nb', 'a\tb', 'a\u2028b']) {
      assert.deepEqual(field(line, bad), ['body.x: String should not contain control characters'])
    }
    assert.deepEqual(field(block, 'a\u0000b'), ['body.x: String should not contain control characters'])
  })
})

describe('an address', () => {
  const query = Type.Object({
    limit: Type.Integer({ default: 10, maximum: 99 }),
    q: Type.Optional(Type.String()),
  })
  test('has numbers in it that are read strictly, and defaults', () => {
    assert.deepEqual(check(query, {}, 'querystring'), { limit: 10 })
    assert.deepEqual(check(query, { limit: '5', q: '7', other: '1' }, 'querystring'), { limit: 5, q: '7' })
    const no = ['query.limit: Input should be a valid integer, unable to parse string as an integer']
    for (const limit of ['', ' 5', '5.0', '0x5', '1e1', '+5', '9'.repeat(30)])
      assert.deepEqual(check(query, { limit }, 'querystring'), no, limit)
  })

  test('has numbers in it up to the greatest that is exact', () => {
    const page = Type.Object({ after: Type.Integer({ maximum: Number.MAX_SAFE_INTEGER }) })
    assert.deepEqual(check(page, { after: '9007199254740991' }, 'querystring'), { after: 2 ** 53 - 1 })
    for (const after of ['9007199254740992', '9007199254740993', '9999999999999999'])
      assert.equal((check(page, { after }, 'querystring') as string[]).length, 1, after)
  })

  test('does not name a parameter twice', () => {
    assert.equal((check(query, { limit: ['5', '5'], q: ['a', 'a'] }, 'querystring') as string[]).length, 2)
  })
})

test('a body is not coerced, and what nobody asked for is dropped', () => {
  const body = Type.Object({ n: Type.Integer(), deep: Type.Optional(Type.Object({ a: Type.Optional(Id) })) })
  assert.deepEqual(check(body, { n: 1, more: 2, deep: { a: 1, b: 2 } }), { n: 1, deep: { a: 1 } })
  for (const n of ['1', true, null, [1], 1.5]) assert.equal((check(body, { n }) as string[]).length, 1)
  for (const none of [null, undefined]) assert.deepEqual(check(body, none), ['body: Field required'])
})
