import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addToLines,
  type CartLine,
  parseLines,
  removeLine,
  restoreLine,
  subtractOrdered,
  totalCents,
} from './cart.ts'

const line = (productId: number, quantity: number, priceCents = 1010): CartLine => ({
  productId,
  name: `Product ${productId}`,
  priceCents,
  quantity,
})

test('totals are exact where a sum of fractions would not be', () => {
  assert.equal(totalCents([line(1, 3, 10), line(2, 7, 20)]), 170)
  assert.equal(
    totalCents(Array.from({ length: 100 }, (_, id) => line(id + 1, 999, 9_999_999_999))),
    998999999900100,
  )
})

test('adding a product again raises its line, at its new price, up to the stock', () => {
  const lines = addToLines([line(1, 2)], line(1, 5, 1200), 4)
  assert.deepEqual(lines, [line(1, 4, 1200)])
})

test('a cart takes no more lines than an order may have', () => {
  const full = Array.from({ length: 100 }, (_, id) => line(id + 1, 1))
  assert.equal(addToLines(full, line(500, 1), 9).length, 100)
})

test('a removed line comes back where it stood, and only once', () => {
  const lines = [line(1, 1), line(2, 1), line(3, 1)]
  const back = restoreLine(removeLine(lines, 2), line(2, 1), 1)
  assert.deepEqual(back, lines)
  assert.equal(restoreLine(back, line(2, 1), 1), back)
})

test('what was ordered leaves the cart, what was added meanwhile stays', () => {
  const left = subtractOrdered(
    [line(1, 5), line(2, 1)],
    [
      { product_id: 1, quantity: 3 },
      { product_id: 2, quantity: 1 },
    ],
  )
  assert.deepEqual(left, [line(1, 2)])
})

test('a damaged memory is an empty cart, and good lines survive bad ones', () => {
  for (const text of [null, '', '{', 'null', '{"a":1}']) assert.deepEqual(parseLines(text), [])
  const mixed = [line(1, 1), { ...line(2, 1), quantity: 1.5 }, { ...line(3, 1), priceCents: '1' }, null]
  assert.deepEqual(parseLines(JSON.stringify(mixed)), [line(1, 1)])
})
