import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem, Unreachable } from '../../api/problem.ts'
import type { PlacedOrder } from '../../api/types.ts'
import { isRefusal, placeSurely } from './place-order.ts'

const order = { order_id: 7, order_token: 't' } as PlacedOrder
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  new Problem(status, { detail: code, code }, new Headers(headers))

/** Runs the placing against answers given in turn, the last one for ever; nothing really waits. */
async function run(...answers: (PlacedOrder | Error)[]) {
  const waits: number[] = []
  let asked = 0
  let doubts = 0
  const outcome = await placeSurely({
    ask: async () => {
      const answer = answers[Math.min(asked++, answers.length - 1)]
      if (answer instanceof Error) throw answer
      return answer ?? order
    },
    sleep: async (ms) => {
      waits.push(ms)
    },
    onDoubt: () => {
      doubts += 1
    },
  })
  return { outcome, waits, asked, doubts }
}

test('a clear answer is taken at once, without any doubt', async () => {
  const { outcome, asked, doubts } = await run(order)
  assert.deepEqual([outcome, asked, doubts], [{ kind: 'placed', order }, 1, 0])
})

test('no network, a twin at work and an open outcome are asked about again until there is an answer', async () => {
  const { outcome, asked } = await run(
    new Unreachable('offline'),
    problem(409, 'in_progress'),
    problem(503, 'outcome_pending'),
    problem(503, 'unavailable'),
    new SyntaxError('not JSON'),
    order,
  )
  assert.deepEqual([outcome.kind, asked], ['placed', 6])
})

test('a refusal ends the asking', async () => {
  for (const code of ['out_of_stock', 'price_changed', 'abandoned']) {
    const { outcome, asked } = await run(new Unreachable('offline'), problem(409, code), order)
    assert.deepEqual([outcome.kind, asked], ['refused', 2])
  }
})

test('the asking has an end, waits longer each time, and about two minutes in all', async () => {
  const { outcome, waits } = await run(new Unreachable('offline'))
  assert.equal(outcome.kind, 'unsure')
  assert.deepEqual(
    waits,
    waits.toSorted((a, b) => a - b),
  )
  const total = waits.reduce((sum, ms) => sum + ms, 0)
  assert.ok(total >= 100_000 && total <= 180_000, `${total} ms`)
})

test('Retry-After is respected, but not for ever', async () => {
  const { waits } = await run(
    problem(429, 'rate_limited', { 'retry-after': '20' }),
    problem(503, 'unavailable', { 'retry-after': '86400' }),
    order,
  )
  assert.deepEqual(waits, [20_000, 30_000])
})

test('only an answer about the order itself is a refusal', () => {
  const final = [problem(409, 'out_of_stock'), problem(422, 'invalid_request'), problem(404, 'not_found')]
  const open = [
    problem(409, 'in_progress'),
    problem(429, ''),
    problem(408, ''),
    problem(500, ''),
    problem(503, ''),
  ]
  assert.deepEqual(final.map(isRefusal), [true, true, true])
  assert.deepEqual(open.map(isRefusal), [false, false, false, false, false])
  assert.equal(isRefusal(new Unreachable('x')), false)
})
