import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem, Unreachable } from '../../api/problem.ts'
import type { NewOrder, PlacedOrder } from '../../api/types.ts'
import { createStored } from '../stored.ts'
import { type Attempt, createPlacement, parseAttempt } from './placement.ts'

const body: NewOrder = { items: [{ product_id: 1, quantity: 2 }] }
const order = { order_id: 7, order_token: 't' } as PlacedOrder

/** A browser whose memory outlives its pages: `open` is a page, `asked` what all of them sent. */
function browser(answer: (attempt: Attempt, times: number) => PlacedOrder | Error) {
  const memory = new Map<string, string>()
  const shelf = {
    getItem: (key: string) => memory.get(key) ?? null,
    setItem: (key: string, text: string) => void memory.set(key, text),
  }
  const asked: Attempt[] = []
  let keys = 0
  let placed = 0
  const open = () => {
    const attempt = createStored('attempt', parseAttempt, shelf, new EventTarget())
    const placement = createPlacement({
      attempt,
      ask: async (about) => {
        asked.push(about)
        const given = answer(about, asked.length)
        if (given instanceof Error) throw given
        return given
      },
      sleep: async () => {},
      newKey: () => `key-${++keys}`,
      onPlaced: () => {
        placed += 1
      },
    })
    return { attempt, placement }
  }
  return { open, asked, placedTimes: () => placed }
}

test('pressing twice asks once', async () => {
  const { open, asked } = browser(() => order)
  const { placement } = open()
  await Promise.all([placement.place(body), placement.place(body)])
  assert.equal(asked.length, 1)
  assert.equal(placement.read().phase, 'placed')
})

test('a page opened after the first one vanished asks about the same order', async () => {
  let answering = false
  const { open, asked } = browser(() => (answering ? order : new Unreachable('offline')))
  const first = open()
  await first.placement.place(body)
  assert.equal(first.placement.read().phase, 'unsure')
  answering = true
  const second = open()
  await second.placement.place({ items: [{ product_id: 9, quantity: 9 }] })
  assert.deepEqual(second.placement.read(), { phase: 'placed', order })
  assert.equal(new Set(asked.map(({ key }) => key)).size, 1)
  assert.deepEqual(asked.at(-1), { key: 'key-1', body })
})

test('a final answer ends the key: the next order has another', async () => {
  const refusal = new Problem(409, { code: 'out_of_stock', lines: [] }, new Headers())
  const { open, asked } = browser((_attempt, times) => (times === 1 ? refusal : order))
  const { placement, attempt } = open()
  await placement.place(body)
  assert.equal(placement.read().phase, 'refused')
  assert.equal(attempt.read(), null)
  await placement.place(body)
  assert.deepEqual(
    asked.map(({ key }) => key),
    ['key-1', 'key-2'],
  )
})

test('two tabs that ask about one order take it out of the cart once', async () => {
  const { open, placedTimes } = browser(() => order)
  const [one, other] = [open(), open()]
  one.attempt.update(() => ({ key: 'key-0', body }))
  other.attempt.update((now) => now)
  await Promise.all([one.placement.resume(), other.placement.resume()])
  assert.equal(placedTimes(), 1)
  assert.deepEqual([one.placement.read().phase, other.placement.read().phase], ['placed', 'placed'])
})

test('a memory that is no attempt is none', () => {
  for (const text of [null, '', '{', '{"key":1}', '{"key":"k"}', '[]']) assert.equal(parseAttempt(text), null)
})
