import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '../../api/problem.ts'
import { formatMoney } from '../../money.ts'
import { refusalOf } from './refusal.ts'

const read = (body: unknown) =>
  refusalOf(new Problem(409, body, new Headers()), (id) => `Product ${id}`, formatMoney)

test('a refusal for want of stock says for each line how much there is', () => {
  const lines = [
    { product_id: 1, wanted: 5, available: 2 },
    { product_id: 2, wanted: 1, available: 0 },
  ]
  assert.deepEqual(
    read({ code: 'out_of_stock', lines }).lines.map(({ words }) => words),
    ['Product 1: only 2 left, you wanted 5.', 'Product 2: none left.'],
  )
})

test('a changed price is told with both prices', () => {
  const { lines } = read({ code: 'price_changed', lines: [{ product_id: 3, expected: 10, current: 12.5 }] })
  assert.equal(lines[0]?.words, 'Product 3: now $12.50, you saw $10.00.')
})

test('a fault of the address stands at the address', () => {
  const detail = [
    { type: 'x', loc: ['body', 'shipping_address'], msg: 'String should have at most 1000 characters' },
  ]
  assert.equal(read({ detail }).address, 'String should have at most 1000 characters')
})
