import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import {
  created,
  failing,
  hangingUp,
  type StoreFault,
  silent,
  slow,
  startFaultyStore,
} from './faulty-store.ts'
import { noise, upload } from './pictures.ts'
import { addProduct, readProduct } from './products.ts'
import { blobNames, type ScratchService, scratchStorage, startScratchService } from './scratch-service.ts'

describe('a blob store that is there and does not do its work', { concurrency: true }, () => {
  let photo: Buffer
  before(async () => {
    photo = await noise(300, 200).jpeg().toBuffer()
  })
  const faults: [string, StoreFault, number][] = [
    ['never answers', silent, 30_000],
    ['answers after a minute', slow(60_000), 30_000],
    ['fails', failing(500, 'InternalError'), 15_000],
    ['is busy', failing(503, 'ServerBusy'), 15_000],
    ['refuses our key', failing(403, 'AuthenticationFailed'), 15_000],
    ['has no room', failing(507, 'InsufficientStorage'), 15_000],
    ['hangs up half-way', hangingUp, 15_000],
  ]
  for (const [name, fault, withinMs] of faults) {
    test(`makes an upload 503 in time, and leaves the product as it was: one that ${name}`, async () => {
      const { service, store } = await startWith(created)
      const { product_id } = await addProduct(service.shop)
      assert.equal((await upload(service.shop, product_id, photo)).status, 200)
      const before = await readProduct(service.shop, product_id)
      store.fault = fault
      const start = performance.now()
      const { status, body } = await upload(service.shop, product_id, photo)
      assert.deepEqual([status, body.code], [503, 'storage_unavailable'])
      assert.ok(performance.now() - start < withinMs, `${performance.now() - start} ms`)
      assert.deepEqual(await readProduct(service.shop, product_id), before)
      store.fault = created
      assert.equal((await upload(service.shop, product_id, photo)).status, 200, 'the next one')
      await stop({ service, store })
    })
  }

  test('makes an upload wait: one that is slow', async () => {
    const { service, store } = await startWith(slow(1_500))
    const { product_id } = await addProduct(service.shop)
    assert.equal((await upload(service.shop, product_id, photo)).status, 200)
    await stop({ service, store })
  })

  test('holds up uploads and nothing else', async () => {
    const { service, store } = await startWith(silent)
    const products = await Promise.all(Array.from({ length: 16 }, () => addProduct(service.shop)))
    const uploads = products.map(({ product_id }) => upload(service.shop, product_id, photo))
    const times: number[] = []
    for (let n = 0; n < 40; n += 1) {
      const start = performance.now()
      assert.equal((await service.shop.get('/products')).status, 200)
      times.push(performance.now() - start)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const typical = times.sort((a, b) => a - b)[20] ?? 0
    assert.ok(typical < 500, `half of the lists took more than ${typical} ms`)
    const codes = (await Promise.all(uploads)).map(({ status, body }) => `${status} ${body.code}`)
    for (const code of codes) assert.match(code, /^503 (storage_unavailable|overloaded)$/)
    await stop({ service, store })
  })
})

test('a container that was removed is there again with the next upload but one', async () => {
  const { blobStorage, container } = scratchStorage()
  const service = await startScratchService({ blobStorage })
  const photo = await noise(30, 20).jpeg().toBuffer()
  const { product_id } = await addProduct(service.shop)
  assert.equal((await upload(service.shop, product_id, photo)).status, 200)
  await container.delete()
  assert.equal((await upload(service.shop, product_id, photo)).status, 503)
  assert.equal((await upload(service.shop, product_id, photo)).status, 200)
  assert.equal((await blobNames(container)).length, 2)
  await service.stop()
  await container.deleteIfExists()
})

type Started = { service: ScratchService; store: Awaited<ReturnType<typeof startFaultyStore>> }

async function startWith(fault: StoreFault): Promise<Started> {
  const store = await startFaultyStore(fault)
  const { blobStorage } = scratchStorage({ endpoint: `${store.url}/account`, accountName: 'account' })
  return { service: await startScratchService({ blobStorage }), store }
}

async function stop({ service, store }: Started): Promise<void> {
  await store.close()
  await service.stop()
}
