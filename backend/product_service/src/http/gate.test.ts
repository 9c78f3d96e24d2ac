import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Gate } from './gate.ts'

const patient = new AbortController().signal
const state = async (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => 'in'), new Promise((resolve) => setTimeout(resolve, 5, 'waiting'))])

test('what is handed out never exceeds the capacity, and the next comes in as soon as there is room', async () => {
  const gate = new Gate(10)
  const first = await gate.enter(6, patient)
  const second = gate.enter(6, patient)
  assert.equal(await state(second), 'waiting')
  first.keep(4)
  assert.equal(await state(second), 'in')
  const third = gate.enter(1, patient)
  assert.equal(await state(third), 'waiting')
  first.leave()
  first.leave()
  assert.equal(await state(third), 'in')
  assert.equal(await state(gate.enter(4, patient)), 'waiting', 'leaving twice gives back once')
})

test('small ones do not overtake a large one for ever', async () => {
  const gate = new Gate(10)
  const first = await gate.enter(9, patient)
  const large = gate.enter(10, patient)
  const small = gate.enter(1, patient)
  assert.deepEqual([await state(large), await state(small)], ['waiting', 'waiting'])
  first.leave()
  assert.deepEqual([await state(large), await state(small)], ['in', 'waiting'])
})

test('who gives up is no longer waited for, and holds up nobody', async () => {
  const gate = new Gate(10)
  const first = await gate.enter(9, patient)
  const gone = new AbortController()
  const large = gate.enter(10, gone.signal)
  const small = gate.enter(1, patient)
  gone.abort(new Error('gone'))
  await assert.rejects(large, { message: 'gone' })
  assert.equal(await state(small), 'in')
  first.keep(100)
  await assert.rejects(gate.enter(1, gone.signal), { message: 'gone' })
  first.leave()
  assert.equal(await state(gate.enter(9, patient)), 'in')
})
