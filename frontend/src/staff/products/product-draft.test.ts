import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesBetween, draftFaults, emptyDraft, mergeDraft, newProductOf } from './product-draft.ts'

const draft = { name: 'Vase', description: 'one\ntwo', price: '12.50', stock: '7' }

test('a draft becomes the body of a new product', () => {
  assert.deepEqual(newProductOf({ ...draft, name: ' Vase ' }), {
    name: 'Vase',
    description: 'one\ntwo',
    price: 12.5,
    stock_quantity: 7,
  })
})

test('only what differs is sent, and an emptied description is cleared', () => {
  assert.deepEqual(changesBetween(draft, { ...draft, price: '12.5', stock: '07' }), {})
  assert.deepEqual(changesBetween(draft, { ...draft, description: '', price: '13' }), {
    description: null,
    price: 13,
  })
})

test('all faults are told together', () => {
  assert.deepEqual(Object.keys(draftFaults(emptyDraft)), ['name', 'price', 'stock'])
  assert.deepEqual(draftFaults(draft), {})
  assert.ok(draftFaults({ ...draft, price: '0' }).price)
  assert.ok(draftFaults({ ...draft, price: '100000000' }).price)
  assert.ok(draftFaults({ ...draft, stock: '1000000001' }).stock)
  assert.ok(draftFaults({ ...draft, stock: '1.5' }).stock)
})

test("their change is taken where nothing was typed, and shown beside one's own where something was", () => {
  const mine = { ...draft, name: 'My vase' }
  const theirs = { ...draft, name: 'Their vase', price: '99.00' }
  assert.deepEqual(mergeDraft(draft, mine, theirs), {
    merged: { ...draft, name: 'My vase', price: '99.00' },
    conflicts: [
      { field: 'name', theirs: 'Their vase', mine: 'My vase' },
      { field: 'price', theirs: '99.00', mine: null },
    ],
  })
})
