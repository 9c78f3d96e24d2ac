import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import { startTcpProxy } from '@tallyshop/service-kit/test-support/tcp-proxy'
import { ImageStore } from '../src/blob-storage/images.ts'
import { startImageSweeper, usualTiming } from '../src/image-sweeper.ts'
import { plain, upload } from './pictures.ts'
import { addProduct, readProduct, type ShownProduct } from './products.ts'
import { blobNames, type ScratchService, scratchStorage, startScratchService } from './scratch-service.ts'
import { firstPassOver, makeDue, pagedStorage, sweepOnce, until } from './sweeps.ts'

let service: ScratchService
let photo: Buffer
const { blobStorage, container } = scratchStorage()
const store = new ImageStore(blobStorage)
before(async () => {
  service = await startScratchService({ blobStorage })
  await firstPassOver(service.sql)
  photo = await plain(60, 40)
})
after(async () => {
  await service.stop()
  await container.deleteIfExists()
})

const withPicture = async (): Promise<ShownProduct> => {
  const { product_id } = await addProduct(service.shop)
  return (await upload(service.shop, product_id, photo, 'image/png')).body
}
const blobsOf = async (id: number) =>
  (await blobNames(container)).filter((name) => name.startsWith(`products/${id}/`))
const opens = async ({ image_url, thumbnail_url }: ShownProduct) => {
  for (const url of [image_url, thumbnail_url]) assert.equal((await fetch(String(url))).status, 200)
}
const sweepAll = (pageSize = 500) => sweepOnce(service.sql, pagedStorage(blobStorage, container, pageSize), 0)

describe('the sweeper', () => {
  test('removes a deleted product’s picture however young, and the order service can still give back its stock', async () => {
    const { product_id, price } = await withPicture()
    const path = `/internal/allocations/${randomUUID()}`
    const allocated = await service.orders.put(path, {
      lines: [{ product_id, quantity: 1, expected_price: price }],
    })
    assert.equal(allocated.status, 200, allocated.text)
    await service.shop.delete(`/products/${product_id}`)
    const { report } = await sweepOnce(service.sql, store)
    assert.equal(report.removed, 2)
    assert.deepEqual(await blobsOf(product_id), [])
    assert.equal((await service.orders.delete(path)).status, 200)
  })

  test('leaves a replaced picture for an hour and then removes it; the new one stays', async () => {
    const { product_id } = await withPicture()
    const { body } = await upload(service.shop, product_id, photo, 'image/png')
    const { report } = await sweepOnce(service.sql, store)
    assert.deepEqual([report.removed, report.young], [0, 2])
    assert.equal((await sweepAll()).report.removed, 2)
    assert.equal((await blobsOf(product_id)).length, 2)
    await opens(await readProduct(service.shop, product_id))
    await opens(body)
  })

  test('leaves names that are not of its making, and looks at nothing beside our prefix', async () => {
    const foreign = [
      'products/readme.txt',
      `products/1/${randomUUID()}-480.webp.bak`,
      'backup/products/1.webp',
    ]
    for (const name of foreign) await container.getBlockBlobClient(name).upload('x', 1)
    const { report, line } = await sweepAll()
    assert.deepEqual([report.foreign, report.removed], [2, 0])
    const left = await blobNames(container)
    assert.ok(foreign.every((name) => left.includes(name)))
    assert.deepEqual([line.level, line.msg, line.foreign], [30, 'pictures swept', 2])
    for (const name of foreign) await container.deleteBlob(name)
  })

  test('reads page by page, and a picture whose sizes are on two pages is one picture', async () => {
    const kept = [await withPicture(), await withPicture(), await withPicture()]
    const gone = [await withPicture(), await withPicture()]
    for (const { product_id } of gone) await service.shop.put(`/products/${product_id}`, { image_url: null })
    const all = (await blobNames(container)).length
    const { report } = await sweepAll(3)
    assert.deepEqual(report, { listed: all, named: all - 4, young: 0, foreign: 0, removed: 4, failed: 0 })
    for (const product of kept) await opens(product)
  })

  test('stops at once in the middle of a pass, and the next pass goes on there', async () => {
    for (let i = 0; i < 6; i++) {
      const { product_id } = await withPicture()
      await service.shop.delete(`/products/${product_id}`)
    }
    // They come first in the order of names, and fill a page.
    const foreign = ['a', 'b', 'c', 'd'].map((letter) => `products/0-${letter}`)
    for (const name of foreign) await container.getBlockBlobClient(name).upload('x', 1)
    const paged = pagedStorage(blobStorage, container, 4)
    const before = (await blobNames(container)).length
    let removals = 0
    const { log, lines } = captureLog()
    await makeDue(service.sql)
    const sweeper = startImageSweeper(
      service.sql,
      {
        ...paged,
        remove: async (blob, signal) => {
          removals += 1
          if (removals > 4) await sleep(10_000, undefined, { signal })
          await paged.remove(blob, signal)
        },
      },
      log,
    )
    await until(() => removals > 4)
    const asked = performance.now()
    await sweeper.stop()
    assert.ok(performance.now() - asked < 5_000)
    assert.match(String(lines[0]), /sweep of pictures broken off/)
    assert.equal((await blobNames(container)).length, before - 4)
    const { report } = await sweepOnce(service.sql, paged)
    assert.deepEqual([report.removed, report.foreign], [8, 0], 'the pages that were done are not read again')
    const anew = (await sweepOnce(service.sql, paged)).report
    assert.deepEqual([anew.listed, anew.foreign], [before - 12, 4])
    for (const name of foreign) await container.deleteBlob(name)
  })

  test('does not wait for a storage that does not let go', async () => {
    const { log } = captureLog()
    await makeDue(service.sql)
    let asked = false
    const stuck = {
      ...pagedStorage(blobStorage, container, 4),
      listPages: async function* () {
        asked = true
        await new Promise(() => {})
      },
    }
    const sweeper = startImageSweeper(service.sql, stuck, log)
    await until(() => asked)
    const began = performance.now()
    await sweeper.stop()
    assert.ok(performance.now() - began < 2_000)
    const [row] = await service.sql`select holder, due_at <= now() as due from image_sweep`
    assert.deepEqual(row, { holder: null, due: true })
  })

  test('works in one replica at a time', async () => {
    const timing = { ...usualTiming, pollMs: 5, restMs: 0 }
    const { log, lines } = captureLog()
    let [now, most] = [0, 0]
    const counted = {
      ...pagedStorage(blobStorage, container, 3),
      listPages: async function* (options: Parameters<typeof store.listPages>[0]) {
        now += 1
        most = Math.max(most, now)
        yield* store.listPages(options)
        await sleep(20)
        now -= 1
      },
    }
    await makeDue(service.sql)
    const replicas = [1, 2, 3].map(() => startImageSweeper(service.sql, counted, log, timing))
    await until(() => lines.length >= 20)
    await Promise.all(replicas.map((replica) => replica.stop()))
    assert.equal(most, 1)
    assert.doesNotMatch(lines.join(), /"level":40/)
  })

  test('removes nothing that another shop has uploaded to the same container', async () => {
    const other = await startScratchService({ blobStorage })
    try {
      await withPicture()
      const { product_id } = await addProduct(other.shop)
      await upload(other.shop, product_id, photo, 'image/png')
      await upload(other.shop, product_id, photo, 'image/png')
      const before = (await blobNames(container)).length
      assert.equal((await sweepAll()).report.foreign, 4, 'of the other shop are a picture and a replaced one')
      assert.equal((await blobNames(container)).length, before)
      const { report } = await sweepOnce(other.sql, store, 0)
      assert.deepEqual([report.named, report.foreign, report.removed], [2, before - 4, 2])
    } finally {
      await other.stop()
    }
  })
})

test('a storage that is down is logged and tried again', async () => {
  const { hostname, port, pathname } = new URL(blobStorage.endpoint)
  const proxy = await startTcpProxy(hostname, Number(port))
  const reached = new ImageStore({ ...blobStorage, endpoint: `http://127.0.0.1:${proxy.port}${pathname}` })
  try {
    const { product_id } = await withPicture()
    await service.shop.delete(`/products/${product_id}`)
    proxy.cut()
    const { line, lines } = await sweepOnce(service.sql, reached)
    assert.deepEqual([line.level, line.msg], [40, 'not all pictures were swept; it is tried again'])
    assert.doesNotMatch(lines.join(), /sig=|SharedKey/)
    assert.equal((await service.shop.get('/readyz')).status, 200)
    proxy.restore()
    assert.equal((await sweepOnce(service.sql, reached)).report.removed, 2)
  } finally {
    await proxy.close()
  }
})
