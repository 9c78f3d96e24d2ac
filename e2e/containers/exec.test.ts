import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { photograph, pictureForm } from '../support/pictures.ts'
import { type Ended, tryCompose, tryDocker } from './support/docker.ts'
import { bringUp, inspect, shop } from './support/shop.ts'
import { listPlaces, readState } from './support/state.ts'

let state: Record<string, string>
let started: string[]

before(async () => {
  await bringUp()
  const { body } = await shop.post('/api/products/', { name: 'Bowl', price: 12.5, stock_quantity: 40 })
  const uploaded = await shop.post(
    `/api/products/${body.product_id}/upload-image`,
    pictureForm(await photograph(900, 600)),
  )
  assert.equal(uploaded.status, 200, uploaded.text)
  state = await readState()
  started = await startsOfServices()
})

const limits = { timeout: 310_000 }

// Both at once: they wait more than they work.
describe('the services’ own tests pass in the running containers', { concurrency: 2, ...limits }, () => {
  test('docker compose exec product_service npm test', limits, async () => {
    assertPassed(
      await tryCompose(['exec', '-T', 'product_service', 'npm', 'test'], { timeoutMs: 300_000 }),
      100,
    )
  })

  test('docker exec order_api_container npm test', limits, async () => {
    assertPassed(await tryDocker(['exec', 'order_api_container', 'npm', 'test'], { timeoutMs: 300_000 }), 80)
  })
})

test('the services went on meanwhile', async () => {
  assert.deepEqual(await startsOfServices(), started)
})

test('these tests left the data and the pictures of the shop as they were, and nothing of their own', async () => {
  assert.deepEqual(await readState(), state)
  assert.deepEqual(await listPlaces(), {
    databases: ['postgres', 'products', 'orders', 'postgres'],
    blobContainers: ['product-images'],
  })
})

function assertPassed({ code, out, errors }: Ended, atLeast: number): void {
  assert.equal(code, 0, out.slice(out.indexOf('failing tests:')) + errors)
  const [, passed] = /^\S+ pass (\d+)$/m.exec(out) ?? []
  assert.ok(Number(passed) >= atLeast, `only ${passed} tests passed`)
}

const startsOfServices = () =>
  Promise.all(
    (['product_service', 'order_service'] as const).map(
      async (name) => (await inspect(name)).State.StartedAt as string,
    ),
  )
