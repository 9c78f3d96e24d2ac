import assert from 'node:assert/strict'
import { test } from 'node:test'
import { movesFrom } from './order-status.ts'

test('orders move forward, jumps allowed, and are cancelled only before the goods leave', () => {
  assert.deepEqual(movesFrom('pending'), ['processing', 'shipped', 'delivered', 'cancelled'])
  assert.deepEqual(movesFrom('processing'), ['shipped', 'delivered', 'cancelled'])
  assert.deepEqual(movesFrom('shipped'), ['delivered'])
})

test('nothing leaves delivered or cancelled', () => {
  assert.deepEqual(movesFrom('delivered'), [])
  assert.deepEqual(movesFrom('cancelled'), [])
})
