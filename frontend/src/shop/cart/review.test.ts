import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatMoney } from '../../money.ts'
import { acceptChanges, changesOf, changeWords } from './review.ts'

const line = { productId: 1, name: 'Vase', priceCents: 1200, quantity: 5 }

test('a line whose product is as it was has no changes', () => {
  assert.deepEqual(changesOf(line, { price: 12, stock_quantity: 5 }), [])
})

test('price and stock are told apart, each in words', () => {
  const changes = changesOf(line, { price: 14.5, stock_quantity: 2 })
  assert.deepEqual(
    changes.map((change) => changeWords(change, formatMoney)),
    ['The price went up from $12.00 to $14.50.', 'Only 2 left; you wanted 5.'],
  )
  assert.deepEqual(acceptChanges(line, changes), { ...line, priceCents: 1450, quantity: 2 })
})

test('sold out or gone leaves nothing to accept', () => {
  assert.equal(acceptChanges(line, changesOf(line, { price: 12, stock_quantity: 0 })), null)
  assert.equal(acceptChanges(line, changesOf(line, null)), null)
})
