import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { test } from 'node:test'
import { ArmedPoints } from './armed-points.ts'
import type { Armed, ToService } from './crash-messages.ts'

test('a service that dies as it was armed to has died as asked, also where that had just been taken back', async () => {
  const { points, armed, reach, killed } = armedOn({ runs: true })
  const inTime = points.arm('point', { action: 'kill' }, { withinMs: 5_000 })
  reach(armed().id)
  assert.deepEqual(await inTime, { orderUid: 'one' })
  assert.equal(killed(), 1)

  assert.equal(await points.arm('point', { action: 'kill' }, { withinMs: 1 }), undefined)
  assert.equal(killed(), 1)
  reach(armed().id)
  assert.equal(killed(), 2)
})

test('a count that comes too late kills nobody', async () => {
  const { points, armed, reach, killed } = armedOn({ runs: true })
  assert.equal(await points.arm('point', { action: 'count' }, { withinMs: 1 }), undefined)
  reach(armed().id)
  assert.equal(killed(), 0)
})

test('where nothing ran that could be killed, nothing is told of', async () => {
  const { points, armed, reach } = armedOn({ runs: false })
  const told = points.arm('point', { action: 'kill' }, { withinMs: 5_000 })
  reach(armed().id)
  assert.equal(await told, undefined)
})

function armedOn({ runs }: { runs: boolean }) {
  let killed = 0
  const points = new ArmedPoints(async () => {
    killed += 1
    return runs
  })
  let last: Armed | undefined
  const send = (message: ToService) => {
    if (message.type === 'arm') last = message.armed
  }
  const child = Object.assign(new EventEmitter(), { connected: true, send })
  points.attach(child as unknown as ChildProcess)
  const armed = () => last ?? assert.fail('Nothing is armed.')
  const reach = (id: number) => child.emit('message', { type: 'reached', id, facts: { orderUid: 'one' } })
  return { points, armed, reach, killed: () => killed }
}
