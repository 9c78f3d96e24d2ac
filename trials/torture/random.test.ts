import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRandom } from './random.ts'

test('a seed gives the same numbers again, and a fork its own', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed)
    return [
      random.next(),
      random.integer(1, 6),
      random.uuid(),
      random.fork('a').next(),
      random.fork('b').next(),
    ]
  }
  assert.deepEqual(draw(1), draw(1))
  assert.equal(new Set([...draw(1), ...draw(2)].map(String)).size >= 9, true)
})

test('numbers fill their range evenly, both ends included', () => {
  const random = createRandom('even')
  const counts = new Array(6).fill(0)
  for (let roll = 0; roll < 60_000; roll += 1) counts[random.integer(1, 6) - 1] += 1
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, String(counts))
  assert.match(random.uuid(), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/)
  assert.deepEqual(random.shuffle([1, 2, 3, 4]).sort(), [1, 2, 3, 4])
})
