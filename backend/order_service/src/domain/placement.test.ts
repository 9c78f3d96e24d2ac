import assert from 'node:assert/strict'
import { test } from 'node:test'
import { itemsOf, type Wish } from './placement.ts'

const wish = (...productIds: number[]): Wish => ({
  userId: null,
  shippingAddress: null,
  status: 'pending',
  lines: productIds.map((productId) => ({ productId, quantity: 1 })),
  actor: 'test',
  requestId: 'test',
})

const allocated = (productId: number, quantity: number) => ({
  productId,
  quantity,
  unitPrice: 19.99,
  name: `Product ${productId}`,
})

test('items come once per product, in the order of the buyer’s lines, as they were allocated', () => {
  const items = itemsOf(wish(3, 1, 3, 2), [allocated(1, 1), allocated(2, 4), allocated(3, 2)])
  assert.deepEqual(
    items.map(({ productId, quantity, itemTotal }) => [productId, quantity, itemTotal]),
    [
      [3, 2, 39.98],
      [1, 1, 19.99],
      [2, 4, 79.96],
    ],
  )
  assert.deepEqual(items[0], {
    productId: 3,
    productName: 'Product 3',
    quantity: 2,
    priceAtPurchase: 19.99,
    itemTotal: 39.98,
  })
})

test('a verdict that leaves a product out makes no order', () => {
  assert.throws(() => itemsOf(wish(1, 2), [allocated(1, 1)]), /leaves out product 2/)
})
