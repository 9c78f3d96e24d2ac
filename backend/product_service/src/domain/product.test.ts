import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { StockOutOfRange } from './errors.ts'
import { adjustedStock, changedFields, isStillAsSeen, largestStock, type Product } from './product.ts'

const product: Product = {
  productId: 1,
  name: 'Cup',
  description: null,
  price: 2.5,
  stockQuantity: 5,
  imageStem: null,
  imageUrl: null,
  version: 3,
  createdAt: new Date(0),
  updatedAt: null,
}

describe('an edit', () => {
  test('changes what differs and nothing else', () => {
    assert.deepEqual(changedFields(product, { name: 'Cup', price: 3, description: null }), { price: 3 })
    assert.deepEqual(changedFields(product, { description: '', imageUrl: null }), { description: '' })
    assert.deepEqual(changedFields(product, {}), {})
  })

  test('is of what its sender saw while the version is the same', () => {
    assert.ok(isStillAsSeen(product, { version: 3 }))
    assert.ok(!isStillAsSeen(product, { version: 2 }))
  })

  test('of the stock is of what its sender saw while the stock is the same, too', () => {
    assert.ok(isStillAsSeen(product, { version: 3, stockQuantity: 5 }))
    assert.ok(!isStillAsSeen(product, { version: 3, stockQuantity: 6 }))
    assert.ok(!isStillAsSeen(product, { version: 2, stockQuantity: 5 }))
  })
})

describe('an adjusted stock', () => {
  test('is from zero to the limit', () => {
    assert.equal(adjustedStock(5, -5), 0)
    assert.equal(adjustedStock(0, largestStock), largestStock)
    const outside = (error: unknown) => error instanceof StockOutOfRange && error.available === 5
    assert.throws(() => adjustedStock(5, -6), outside)
    assert.throws(() => adjustedStock(5, largestStock), outside)
  })

  test('above the limit can be lowered and not raised', () => {
    assert.equal(adjustedStock(largestStock + 9, -2), largestStock + 7)
    assert.throws(() => adjustedStock(largestStock + 9, 1), StockOutOfRange)
  })
})
