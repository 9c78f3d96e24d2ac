import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogueCount } from './shop/catalogue/catalogue-count.ts'
import { countWords } from './words.ts'

test('a count is written as one would write it', () => {
  const written = [0, 1, 12, 19, 20, 24, 99, 100, 1204].map((count) => countWords(count, 'product'))
  assert.deepEqual(written, [
    'no products',
    'one product',
    'twelve products',
    'nineteen products',
    'twenty products',
    'twenty-four products',
    'ninety-nine products',
    '100 products',
    '1,204 products',
  ])
})

test('the catalogue says how much of it is shown', () => {
  assert.equal(catalogueCount(24, true, ''), 'The first twenty-four products')
  assert.equal(catalogueCount(3, false, 'lamp'), 'Three products found')
  assert.equal(catalogueCount(0, false, 'lamp'), 'No products found')
})
