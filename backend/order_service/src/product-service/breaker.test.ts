import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Breaker } from './breaker.ts'

function failedTimes(times: number, now = 0): Breaker {
  const breaker = new Breaker()
  for (let failure = 0; failure < times; failure += 1) breaker.failed(now)
  return breaker
}

test('two failures are bad luck, three are an absence', () => {
  assert.equal(new Breaker().isOpen(), false)
  assert.equal(failedTimes(2).isOpen(0), false)
  assert.equal(failedTimes(3).isOpen(0), true)
})

test('two seconds later the neighbour may be tried again, and one more failure is enough', () => {
  const breaker = failedTimes(3)
  assert.deepEqual([breaker.isOpen(1_999), breaker.isOpen(2_000)], [true, false])
  breaker.failed(2_000)
  assert.deepEqual([breaker.isOpen(3_999), breaker.isOpen(4_000)], [true, false])
})

test('a success forgets every failure', () => {
  const breaker = failedTimes(3)
  breaker.succeeded()
  assert.equal(breaker.isOpen(0), false)
  breaker.failed(0)
  breaker.failed(0)
  assert.equal(breaker.isOpen(0), false)
})

test('a wall clock that jumps back does not keep the neighbour away', (t) => {
  const breaker = failedTimes(0)
  for (let failure = 0; failure < 3; failure += 1) breaker.failed()
  const { now } = performance
  t.mock.method(Date, 'now', () => 0)
  t.mock.method(performance, 'now', () => now.call(performance) + 2_001)
  assert.equal(breaker.isOpen(), false)
})
