import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HistoryEvent } from '../history.ts'
import { figuresOf } from './figures.ts'
import { htmlOf } from './html.ts'
import { lanesOf } from './lanes.ts'
import { tableOf } from './table.ts'

const order = { type: 'call', kind: 'order', client: 1, method: 'POST', path: '/orders/' } as const

const events: HistoryEvent[] = [
  { at: 0, call: 1, operation: 1, ...order },
  { at: 5, type: 'no_answer', call: 1, error: 'ECONNRESET' },
  { at: 100, call: 2, operation: 1, ...order },
  { at: 101, call: 3, operation: 1, ...order },
  { at: 140, type: 'answer', call: 2, status: 201 },
  { at: 150, type: 'answer', call: 3, status: 201 },
  { at: 160, type: 'end', operation: 1, kind: 'order', outcome: 'final' },
  { at: 200, call: 4, operation: 2, ...order },
  { at: 210, type: 'answer', call: 4, status: 409, code: 'in_progress' },
  { at: 900, call: 5, operation: 2, ...order },
  { at: 950, type: 'answer', call: 5, status: 409, code: 'out_of_stock' },
  { at: 960, type: 'end', operation: 2, kind: 'order', outcome: 'final' },
  { at: 1_000, type: 'fault', fault: 'pause', on: 'order-1', phase: 'begin' },
  { at: 1_100, type: 'exit', on: 'order-db', how: 'SIGKILL', asked: false },
  { at: 1_150, type: 'exit', on: 'order-2', how: 'exit code 0', asked: true },
  { at: 1_200, type: 'window', window: 'answer lost', on: 'order-2' },
  { at: 3_000, type: 'fault', fault: 'pause', on: 'order-1', phase: 'end' },
  { at: 3_100, type: 'memory', on: 'order-1', pid: 1, megabytes: 120 },
  { at: 3_200, type: 'finding', check: 'I1', detail: 'stock of <1> is 3 & should be 4' },
]

const facts = {
  seed: 1,
  settledMs: 2_400,
  samples: 7,
  reconciled: '1 order, 0 differences',
  restores: [],
  figures: undefined,
}

test('an order counts once, however often it was sent, from its first sending to its first final answer', () => {
  const figures = figuresOf(events)
  assert.deepEqual([figures.acknowledged, figures.refused, figures.operations, figures.calls], [1, 1, 2, 5])
  assert.deepEqual(figures.latency, { median: 750, p99: 750, longest: 750 })
  assert.deepEqual(figures.deaths, { 'order-db': 1 })
  assert.equal(figures.windows['answer lost'], 1)
  assert.equal(figures.windows['before the intent'], 0)
})

test('the table names each window, hit or not, and says what was not settled', () => {
  const table = tableOf(events, { ...facts, settledMs: undefined })
  assert.match(table, /\| answer lost +\| 1 \|/)
  assert.match(table, /\| before the intent +\| 0 \|/)
  assert.match(table, /\| all settled after the last fault +\| NOT \|/)
})

test('faults become spans on the lane of what they hit, deaths become marks', () => {
  const lanes = lanesOf(events, 4_000)
  assert.deepEqual(
    lanes.map(({ name }) => name),
    ['order-1', 'order-db', 'windows'],
  )
  assert.deepEqual(lanes[0]?.marks, [
    { from: 1_000, to: 3_000, kind: 'fault', words: 'pause, 1.0 s to 3.0 s' },
  ])
})

test('the page shows what was found as text', () => {
  const html = htmlOf(events, tableOf(events, facts), { title: 'Torture' })
  assert.match(html, /stock of &lt;1&gt; is 3 &amp; should be 4/)
  assert.doesNotMatch(html, /<1>/)
  assert.match(html, /<svg /)
})
