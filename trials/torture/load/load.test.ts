import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type BothServices, startBothServices } from '../../../e2e/support/both-services.ts'
import { check } from '../check/check.ts'
import { openForLooks } from '../check/database.ts'
import type { Finding } from '../check/finding.ts'
import { startSampler } from '../check/sampler.ts'
import { startChecksSoFar } from '../check/so-far.ts'
import { type History, startHistory } from '../history.ts'
import { createRandom } from '../random.ts'
import { type Load, startLoad } from './load.ts'

let shop: BothServices
before(async () => {
  const { AZURE_STORAGE_ACCOUNT_NAME = '', AZURE_STORAGE_ACCOUNT_KEY = '' } = process.env
  const { AZURE_STORAGE_BLOB_ENDPOINT = '' } = process.env
  const environment = {
    AZURE_STORAGE_ACCOUNT_NAME,
    AZURE_STORAGE_ACCOUNT_KEY,
    AZURE_STORAGE_BLOB_ENDPOINT,
    AZURE_STORAGE_PUBLIC_ENDPOINT: AZURE_STORAGE_BLOB_ENDPOINT,
  }
  shop = await startBothServices({ environment })
})
after(() => shop.stop())

const loadOn = (history: History, clients: number, thinkMs: number) =>
  startLoad({
    orderUrl: shop.order.url,
    productUrl: shop.product.url,
    clients,
    thinkMs,
    random: createRandom('a short load'),
    history,
  })

/** Until so many orders are acknowledged, or 60 s are over. */
async function untilAcknowledged(load: Load, enough: number): Promise<void> {
  for (const until = Date.now() + 60_000; load.counts().acknowledged < enough; await sleep(50)) {
    assert.ok(Date.now() < until, JSON.stringify(load.counts()))
  }
}

test('24 clients order and change all that they may, and every promise is seen kept, meanwhile and afterwards', async (t) => {
  const history = startHistory()
  const looks = { product: openForLooks(shop.productDb.config), order: openForLooks(shop.orderDb.config) }
  const meanwhile: Finding[] = []
  const load = await loadOn(history, 24, 20)
  t.after(() => load.stop(0))
  const sampler = startSampler({ ...looks, intervalMs: 100 }, (finding) => meanwhile.push(finding))
  const options = { history, ...looks, logFiles: [], secrets: [] }
  const soFar = startChecksSoFar({ ...options, intervalMs: 300 }, (finding) => meanwhile.push(finding))
  try {
    await untilAcknowledged(load, 800)
    await load.stop()
    await Promise.all([sampler.stop(), soFar.stop()])
    assert.deepEqual(meanwhile, [])
    assert.deepEqual(await check(options), [])
    assert.ok(sampler.samples() > 0 && soFar.looks() > 0)
  } finally {
    await Promise.all([looks.product.end(), looks.order.end()])
  }
  const { counts } = load
  assert.equal(counts().open, 0)
  const kinds = new Set(history.events.flatMap((event) => (event.type === 'end' ? [event.kind] : [])))
  const wanted = [
    'order',
    'reused_key',
    'cancel',
    'move',
    'delete_order',
    'adjust_stock',
    'edit_price',
    'list',
    'read',
  ]
  for (const kind of wanted) assert.ok(kinds.has(kind as never), `nobody did ${kind}`)
  const orders = history.events.filter((event) => event.type === 'end' && event.kind === 'order').length
  assert.ok(orders / counts().operations > 0.7, `${orders} orders of ${counts().operations} operations`)
})

test('a key is sent again, twice at once too, and some clients have none', async (t) => {
  const history = startHistory()
  const load = await loadOn(history, 6, 0)
  t.after(() => load.stop(0))
  await untilAcknowledged(load, 150)
  await load.stop()
  const calls = history.events.filter((event) => event.type === 'call').filter(({ kind }) => kind === 'order')
  const keyed = calls.flatMap(({ key }) => key ?? [])
  const twice = keyed.length - new Set(keyed).size
  assert.ok(twice > 5 && twice < calls.length / 4, `${twice} of ${calls.length} were repeated`)
  assert.ok(calls.some(({ key }) => key === undefined))
})

test('nothing new begins while it is paused, and what is recorded of lists holds no text', async (t) => {
  const history = startHistory()
  const load = await loadOn(history, 6, 0)
  t.after(() => load.stop(0))
  await untilAcknowledged(load, 50)
  load.pauseNew()
  for (const until = Date.now() + 10_000; load.counts().open > 0; await sleep(20))
    assert.ok(Date.now() < until)
  const { operations } = load.counts()
  await sleep(200)
  assert.equal(load.counts().operations, operations)
  load.resumeNew()
  await untilAcknowledged(load, load.counts().acknowledged + 10)
  await load.stop()
  const kinds = new Map(
    history.events.flatMap((event) => (event.type === 'call' ? [[event.call, event.kind]] : [])),
  )
  for (const event of history.events) {
    const kind = event.type === 'answer' ? kinds.get(event.call) : undefined
    if (kind === 'list') assert.ok(!('text' in event))
  }
})

test('a load that is stopped in the dark ends in time, and what it does not know has no end', async (t) => {
  const history = startHistory()
  const load = await loadOn(history, 4, 0)
  t.after(() => load.stop(0))
  await untilAcknowledged(load, 10)
  await shop.stopProductService()
  try {
    await sleep(1_500)
    const began = Date.now()
    await load.stop(500)
    assert.ok(Date.now() - began < 8_000, `${Date.now() - began} ms`)
    assert.ok(load.counts().open > 0)
    assert.ok(load.counts().unavailable > 0)
  } finally {
    await shop.startProductService()
  }
})
