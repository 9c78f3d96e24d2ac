import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { InvalidRequest } from '@tallyshop/service-kit/schema'
import { readIdempotencyKey } from './idempotency-key.ts'

const staff = { role: 'staff', subject: 'staff' } as const
const guest = { role: 'guest', subject: 'guest' } as const

test('a key is read bare and quoted, and may be left out', () => {
  assert.equal(readIdempotencyKey(undefined, staff), undefined)
  assert.equal(readIdempotencyKey('a-key-of-16-chars', staff), 'a-key-of-16-chars')
  assert.equal(readIdempotencyKey('"a-key-of-16-chars"', staff), 'a-key-of-16-chars')
})

test('a key has 16 to 255 printable characters', () => {
  for (const length of [16, 255]) assert.equal(readIdempotencyKey('~'.repeat(length), staff)?.length, length)
  for (const key of [
    '',
    '""',
    'k'.repeat(15),
    'k'.repeat(256),
    `${'k'.repeat(16)} `,
    `${'k'.repeat(16)}\u007f`,
    'ü'.repeat(16),
  ]) {
    assert.throws(() => readIdempotencyKey(key, staff), InvalidRequest, key)
  }
})

test('quotes do not count towards its length', () => {
  assert.throws(() => readIdempotencyKey(`"${'k'.repeat(15)}"`, staff), InvalidRequest)
  assert.equal(readIdempotencyKey(`"${'k'.repeat(255)}"`, staff)?.length, 255)
})

test('a guest’s key must be a UUID', () => {
  const key = randomUUID()
  assert.equal(readIdempotencyKey(key, guest), key)
  assert.equal(readIdempotencyKey(`"${key}"`, guest), key)
  for (const other of ['a-key-of-16-chars', `${key}0`, key.replaceAll('-', ''), `x${key.slice(1)}`]) {
    assert.throws(() => readIdempotencyKey(other, guest), InvalidRequest)
  }
})
