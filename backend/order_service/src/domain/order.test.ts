import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineTotal, orderStatuses, orderTotal, recordableStatuses, sourcesOf } from './order.ts'

test('an order moves forward only, and can be cancelled until it is shipped', () => {
  const moves = Object.fromEntries(orderStatuses.map((status) => [status, sourcesOf(status)]))
  assert.deepEqual(moves, {
    pending: [],
    processing: ['pending'],
    shipped: ['pending', 'processing'],
    delivered: ['pending', 'processing', 'shipped'],
    cancelled: ['pending', 'processing'],
  })
})

test('nothing leaves delivered or cancelled', () => {
  for (const status of orderStatuses) {
    assert.ok(!sourcesOf(status).includes('delivered') && !sourcesOf(status).includes('cancelled'))
  }
})

test('an order can be recorded in whatever status holds stock and can still move', () => {
  for (const status of recordableStatuses) assert.ok(sourcesOf('delivered').includes(status))
})

test('a line is exact to the cent, whatever the price below a hundred and the quantity', () => {
  for (let cents = 1; cents < 10_000; cents += 7) {
    for (const quantity of [1, 2, 3, 7, 10, 99, 100, 333, 999]) {
      const expected = centsInWords(BigInt(cents) * BigInt(quantity))
      assert.equal(lineTotal(cents / 100, quantity), Number(expected), `${cents} cents × ${quantity}`)
    }
  }
})

test('a line is exact at the largest prices and quantities', () => {
  for (let below = 0; below < 1_000; below += 1) {
    const cents = 9_999_999_999 - below
    const expected = centsInWords(BigInt(cents) * 99_900n)
    assert.equal(lineTotal(cents / 100, 99_900), Number(expected))
  }
})

test('a total is the exact sum of its lines, where a sum of floats is not', () => {
  const prices = [0.1, 0.2, 0.3, 19.99, 1.005e2, 4.35, 8.41, 1.1, 2.2, 99_999_999.99]
  assert.notEqual(0.1 + 0.2, 0.3)
  assert.equal(orderTotal(prices.map((itemTotal) => ({ itemTotal }))), 100_000_137.14)
  assert.equal(orderTotal([{ itemTotal: 0.1 }, { itemTotal: 0.2 }]), 0.3)
  const largest = Array(100).fill({ itemTotal: lineTotal(99_999_999.99, 999) })
  assert.equal(orderTotal(largest), 9_989_999_999_001)
  assert.equal(orderTotal([]), 0)
})

function centsInWords(cents: bigint): string {
  const digits = String(cents).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
