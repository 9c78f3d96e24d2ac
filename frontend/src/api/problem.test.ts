import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureWords, faultsByField, Problem, Unreachable } from './problem.ts'

const problem = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Problem(status, body, new Headers(headers))

test('a refusal keeps its sentence, its code and its lines', () => {
  const lines = [{ product_id: 7, wanted: 3, available: 1 }]
  const refused = problem(409, { detail: 'Not enough stock', code: 'out_of_stock', lines, request_id: 'r1' })
  assert.equal(failureWords(refused), 'Not enough stock')
  assert.deepEqual([refused.code, refused.lines, refused.requestId], ['out_of_stock', lines, 'r1'])
})

test('every fault of a body finds its field, the first one wins', () => {
  const detail = [
    { type: 'missing', loc: ['body', 'name'], msg: 'Field required' },
    { type: 'x', loc: ['body', 'items', 0, 'quantity'], msg: 'Input should be greater than or equal to 1' },
    { type: 'x', loc: ['body', 'items', 1, 'quantity'], msg: 'another' },
    { nonsense: true },
  ]
  assert.deepEqual(faultsByField(problem(422, { detail })), {
    name: 'Field required',
    items: 'Input should be greater than or equal to 1',
  })
})

test('an answer that is not ours still becomes a sentence', () => {
  for (const body of [undefined, null, '<html>', [], { detail: 5, lines: 'no' }]) {
    assert.match(failureWords(problem(502, body)), /problem of its own/)
  }
  assert.equal(failureWords(new Unreachable('x')), 'The shop could not be reached.')
})

test('a server that broke tells its reference and not its insides', () => {
  const broken = problem(500, { detail: 'Internal Server Error', request_id: 'abc' })
  assert.equal(failureWords(broken), 'The shop has a problem of its own. Its reference is abc.')
})

test('Retry-After is read in milliseconds, and nonsense is none', () => {
  assert.equal(problem(503, {}, { 'retry-after': '2' }).retryAfterMs, 2000)
  assert.equal(problem(503, {}, { 'retry-after': 'soon' }).retryAfterMs, null)
  assert.equal(problem(503, {}).retryAfterMs, null)
})
