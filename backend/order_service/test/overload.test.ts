import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertBooksAgree } from './books.ts'
import { freshKey, line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake } = suite

test('orders that would wait too long are refused before they are noted, and those that wait are placed', async () => {
  const product = fake.addProduct({ stock: 100 })
  const place = (headers = {}) => client.post('/orders/', { items: [line(product)] }, headers)
  // A pool that has all its connections: those who wait begin to wait at once.
  await Promise.all(Array.from({ length: 10 }, () => place(freshKey())))
  const { promise: lockIsHeld, resolve: lock } = Promise.withResolvers<void>()
  const { promise: unlocked, resolve: unlock } = Promise.withResolvers<void>()
  const locked = db.sql.begin(async (tx) => {
    await tx`lock table placements in exclusive mode`
    lock()
    await unlocked
  })
  await lockIsHeld
  // Ten of them have all the connections, and the others wait for one.
  const waiting = Array.from({ length: 15 }, () => place(freshKey()))
  await sleep(2_000)
  const reading = await client.get('/orders/')
  assert.deepEqual([reading.status, reading.body.code], [503, 'overloaded'])
  await sleep(3_700)
  const [unnamed, named] = [await place(), await place(freshKey())]
  assert.deepEqual(
    [unnamed.status, unnamed.body.code, unnamed.headers['retry-after']],
    [503, 'unavailable', '1'],
  )
  assert.ok(unnamed.headers['idempotency-key'])
  // Its key might be known already, and nobody looked.
  assert.deepEqual([named.status, named.body.code], [503, 'outcome_pending'])
  assert.ok(named.headers['idempotency-key'])

  unlock()
  await locked
  assert.deepEqual([...new Set((await Promise.all(waiting)).map(({ status }) => status))], [201])
  assert.equal((await client.get('/orders/')).status, 200)
  assert.equal((await place()).status, 201)
  assert.equal((await db.sql`select from placements`).count, 26)
})

test('at the end the books of both services agree', () => assertBooksAgree(suite))
