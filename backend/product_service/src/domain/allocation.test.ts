import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { judge, mergeLines } from './allocation.ts'

const cup = { productId: 1, name: 'Cup', price: 2.5, stockQuantity: 5 }
const pot = { productId: 2, name: 'Pot', price: 20, stockQuantity: 1 }

describe('the lines of an order', () => {
  test('are one per product, in the order of ids, whatever order they came in', () => {
    const merged = mergeLines([
      { productId: 10, quantity: 1 },
      { productId: 9, quantity: 2, expectedPrice: 3 },
      { productId: 10, quantity: 4, expectedPrice: 5 },
      { productId: 9, quantity: 1, expectedPrice: 4 },
    ])
    assert.deepEqual(merged, [
      { productId: 9, quantity: 3, expectedPrices: [3, 4] },
      { productId: 10, quantity: 5, expectedPrices: [5] },
    ])
  })
})

describe('an order is judged', () => {
  test('held, with the price and name of each product, when all is there', () => {
    assert.deepEqual(judge(mergeLines([{ productId: 1, quantity: 5, expectedPrice: 2.5 }]), [cup, pot]), [
      { productId: 1, quantity: 5, unitPrice: 2.5, name: 'Cup' },
    ])
  })

  test('short by what is missing, with unknown products at none', () => {
    const wanted = mergeLines([1, 2, 3].map((productId) => ({ productId, quantity: 2 })))
    assert.deepEqual(judge(wanted, [cup, pot]), {
      code: 'out_of_stock',
      lines: [
        { product_id: 2, wanted: 2, available: 1 },
        { product_id: 3, wanted: 2, available: 0 },
      ],
    })
  })

  test('at a changed price when the buyer saw another, on any of their lines', () => {
    for (const expected of [[2], [2.5, 2], [2, 2.5]]) {
      const lines = expected.map((expectedPrice) => ({ productId: 1, quantity: 1, expectedPrice }))
      assert.deepEqual(judge(mergeLines(lines), [cup]), {
        code: 'price_changed',
        lines: [{ product_id: 1, expected: 2, current: 2.5 }],
      })
    }
  })

  test('short first, where it is short and its price has changed, too', () => {
    const verdict = judge(mergeLines([{ productId: 2, quantity: 2, expectedPrice: 1 }]), [pot])
    assert.equal('code' in verdict && verdict.code, 'out_of_stock')
  })
})
