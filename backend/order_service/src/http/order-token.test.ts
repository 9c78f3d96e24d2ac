import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orderToken, withToken } from './order-token.ts'

test('a token depends on the order and on the secret, and on nothing else', () => {
  assert.equal(orderToken('secret', 'uid'), 'rFmr2FsmHjSDIhSHiTsNuPqydJtxu422tNnA2RAoN64')
  assert.equal(orderToken('secret', 'uid'), orderToken('secret', 'uid'))
  assert.notEqual(orderToken('secret', 'uid'), orderToken('secret', 'other'))
  assert.notEqual(orderToken('secret', 'uid'), orderToken('other', 'uid'))
})

test('it is added to the stored answer, whose bytes stay', () => {
  const stored = '{"order_id":1,"shipping_address":"a \\"}\\" b"}'
  const told = withToken(stored, 'abc')
  assert.equal(told, '{"order_id":1,"shipping_address":"a \\"}\\" b","order_token":"abc"}')
})
