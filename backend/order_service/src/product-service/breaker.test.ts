import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Breaker } from './breaker.ts'

let breaker: Breaker
afterEach(() => breaker.stop())

/** A breaker whose neighbour gives these answers to probes, the last one for ever; `probes` counts them. */
function beside(...answers: boolean[]) {
  const neighbour = { probes: 0 }
  breaker = new Breaker(async () => answers[Math.min(neighbour.probes++, answers.length - 1)] ?? false)
  return neighbour
}

/** A request that begins now and fails. */
const fail = () => breaker.failed(performance.now())

async function until(condition: () => boolean) {
  for (const deadline = Date.now() + 10_000; !condition(); await sleep(5)) {
    assert.ok(Date.now() < deadline, 'it does not come')
  }
}

test('one failure is enough to find out that the neighbour is away', async () => {
  beside(false)
  fail()
  assert.equal(breaker.isOpen(), false, 'one failure alone is bad luck')
  await until(() => breaker.isOpen())
})

test('a neighbour that answers when it is asked is not away', async () => {
  const neighbour = beside(true)
  fail()
  await until(() => neighbour.probes === 1)
  await sleep(300)
  assert.deepEqual([breaker.isOpen(), neighbour.probes], [false, 1], 'and it is not asked again')
})

test('of two replicas one that is dead does not close the door', async () => {
  const neighbour = beside(false, true)
  fail()
  await until(() => neighbour.probes === 2)
  assert.equal(breaker.isOpen(), false)
  breaker.succeeded()
  fail()
  fail()
  assert.equal(breaker.isOpen(), false, 'a success forgets every failure')
})

test('a request of before the last answer says nothing of now when it fails', async () => {
  const neighbour = beside(false)
  const beganAt = performance.now() - 5_000
  breaker.succeeded()
  for (let failure = 0; failure < 9; failure += 1) breaker.failed(beganAt)
  await sleep(300)
  assert.deepEqual([breaker.isOpen(), neighbour.probes], [false, 0])
  fail()
  await until(() => breaker.isOpen())
})

test('nor does one of before a probe was answered', async () => {
  beside(true)
  const beganAt = performance.now()
  for (let failure = 0; failure < 3; failure += 1) fail()
  await until(() => !breaker.isOpen())
  breaker.failed(beganAt)
  assert.equal(breaker.isOpen(), false)
})

test('nobody has to try whether it is back', async () => {
  const neighbour = beside(false, false, false, false, true)
  for (let failure = 0; failure < 3; failure += 1) fail()
  assert.equal(breaker.isOpen(), true)
  await until(() => !breaker.isOpen())
  assert.equal(neighbour.probes, 5)
})

test('one that answers probes and fails otherwise is shut out again by one failure, and longer', async () => {
  const neighbour = beside(true)
  for (let failure = 0; failure < 3; failure += 1) fail()
  await until(() => !breaker.isOpen())
  fail()
  assert.equal(breaker.isOpen(), true)
  await sleep(300)
  assert.deepEqual([breaker.isOpen(), neighbour.probes], [true, 1])
  await until(() => !breaker.isOpen())
})

test('a stop ends the probes', async () => {
  const neighbour = beside(false)
  fail()
  await until(() => breaker.isOpen())
  await breaker.stop()
  const { probes } = neighbour
  fail()
  await sleep(300)
  assert.equal(neighbour.probes, probes)
})
