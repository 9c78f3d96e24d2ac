import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { hadNoEffect, isDatabaseUnavailable } from './postgres-failures.ts'

/** What the server says of a statement that it ended, and of nothing else. */
function ended(code: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError('ended', 0, 'error'), { code, severity: 'ERROR' })
}

test('a server that does not know itself what it did is not said to have done nothing', () => {
  for (const code of ['08006', '08007', '08P01', '40003']) {
    assert.deepEqual([isDatabaseUnavailable(ended(code)), hadNoEffect(ended(code))], [true, false], code)
  }
})

test('a statement that was ended for a reason which the server knows had no effect', () => {
  for (const code of ['40001', '53100', '57014', '58030', 'XX000']) {
    assert.deepEqual([isDatabaseUnavailable(ended(code)), hadNoEffect(ended(code))], [true, true], code)
  }
})
