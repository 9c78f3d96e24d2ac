import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from '../random.ts'
import { Catalogue, type Shelf } from './catalogue.ts'

test('what was plenty and has nothing left is taken off, and its shelf has a gap until another is there', () => {
  const catalogue = full()
  const id = firstOf(catalogue, 'hot')
  catalogue.lack(id, 2)
  assert.equal(catalogue.findGap(), undefined)
  catalogue.lack(id, 0)
  assert.equal(catalogue.findGap(), 'hot')
  assert.ok(!catalogue.products.some((product) => product.id === id))
  catalogue.remove(firstOf(catalogue, 'cold'))
  catalogue.add(1_000, 'hot', 1)
  assert.equal(catalogue.findGap(), 'cold')
})

test('what is scarce stays when it is sold out, and is refilled', () => {
  const catalogue = full()
  const id = firstOf(catalogue, 'scarce')
  catalogue.lack(id, 0)
  assert.equal(catalogue.findGap(), undefined)
  assert.equal(catalogue.takeWanting()?.id, id)
  assert.equal(catalogue.takeWanting(), undefined)
})

test('there is something to buy even where a shelf is empty', () => {
  const catalogue = full()
  for (const { id } of catalogue.products.filter(({ shelf }) => shelf === 'hot')) catalogue.remove(id)
  assert.notEqual(catalogue.pickFrom('hot', createRandom('a buyer')).shelf, 'hot')
})

function full(): Catalogue {
  const catalogue = new Catalogue()
  Catalogue.opening(createRandom('shelves')).forEach(({ shelf, body }, index) => {
    catalogue.add(index + 1, shelf, body.price)
  })
  return catalogue
}

function firstOf({ products }: Catalogue, shelf: Shelf): number {
  return products.find((product) => product.shelf === shelf)?.id ?? assert.fail(`No ${shelf} product.`)
}
