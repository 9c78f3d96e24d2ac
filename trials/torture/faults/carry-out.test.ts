import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHistory } from '../history.ts'
import type { Step } from '../plan.ts'
import { createRandom } from '../random.ts'
import type { TrialShop } from '../shop/shop.ts'
import { carryOut } from './carry-out.ts'

test('what was done is told from what could not be, and nothing else is counted as a hit', async () => {
  const { told, events } = await tryOn(
    {
      services: [
        service('order-1', { kill: async () => true, arm: async () => ({ orderUid: 'one' }) }),
        service('order-2', { kill: async () => false, arm: async () => undefined }),
      ],
      databases: { order: { canFillDisk: false, terminateBackend: async () => 0 } },
    },
    [
      { at: 0, fault: 'kill service', on: 'order-1' },
      { at: 0, fault: 'kill service', on: 'order-2' },
      { at: 0, fault: 'disk full', on: 'order-db', ms: 1 },
      { at: 0, fault: 'end backends', on: 'order-db' },
      { at: 0, fault: 'clock', on: 'order-2', ms: 1, byMs: 1 },
      { at: 0, fault: 'window', on: 'order-1', window: '201 lost' },
      { at: 0, fault: 'window', on: 'order-2', window: '201 lost' },
      { at: 0, fault: 'window', on: 'order-2', window: 'two drivers at once' },
    ],
  )
  assert.deepEqual(told('begin').length, 8)
  assert.deepEqual(told('end').sort(), [
    '201 lost on order-1',
    '201 lost on order-2: not done',
    'clock on order-2: not done',
    'disk full on order-db: not done: it needs the right to mount',
    'end backends on order-db: not done',
    'kill service on order-1',
    'kill service on order-2: not done',
    'two drivers at once on order-2: not done',
  ])
  const hits = events.flatMap((event) => (event.type === 'window' ? [`${event.window} on ${event.on}`] : []))
  assert.deepEqual(hits, ['201 lost on order-1'])
  assert.ok(!events.some(({ type }) => type === 'finding'))
})

test('what finds its part busy for too long is left out, and keeps nothing else waiting', async () => {
  const pause = async () => sleep(5_600, true)
  const { told, events } = await tryOn(
    {
      services: [
        service('order-1', { pause, kill: () => assert.fail('It is paused.') }),
        service('order-2', { kill: async () => true }),
      ],
    },
    [
      { at: 0, fault: 'pause', on: 'order-1', ms: 5_600 },
      { at: 10, fault: 'kill service', on: 'order-1' },
      { at: 20, fault: 'kill service', on: 'order-2' },
    ],
  )
  assert.deepEqual(told('begin'), ['pause on order-1', 'kill service on order-2'])
  assert.deepEqual(told('end'), [
    'kill service on order-2',
    'kill service on order-1: left out',
    'pause on order-1',
  ])
  assert.ok((events[1]?.at ?? 0) < 2_000)
})

test('links have one weather at a time', async () => {
  const changes: string[] = []
  const weather = (now: unknown) => void changes.push(now ? 'bad' : 'good')
  await tryOn({ links: { 'product-1→blobs': { weather } } }, [
    { at: 0, fault: 'bad network', on: 'all links', ms: 150, rate: 1 },
    { at: 20, fault: 'blobs slow', on: 'blobs', ms: 50 },
    { at: 40, fault: 'blobs failing', on: 'blobs', ms: 50 },
  ])
  assert.deepEqual(changes, ['bad', 'good', 'bad', 'good', 'bad', 'good'])
})

function service(name: string, does: object) {
  return { name, isRunning: () => false, ...does }
}

async function tryOn(shop: object, plan: Step[]) {
  const history = startHistory()
  const { signal } = new AbortController()
  const random = createRandom('faults')
  await carryOut(plan, { shop: shop as unknown as TrialShop, history, random, signal })
  const told = (phase: 'begin' | 'end') =>
    history.events.flatMap((event) => {
      if (event.type !== 'fault' || event.phase !== phase) return []
      return [`${event.fault} on ${event.on}${event.detail === undefined ? '' : `: ${event.detail}`}`]
    })
  return { told, events: history.events }
}
