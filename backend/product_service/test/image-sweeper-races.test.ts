import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import { variablesFor } from '@tallyshop/service-kit/test-support/scratch-database'
import { blobName, newStem } from '../src/blob-storage/image-names.ts'
import { ImageStore } from '../src/blob-storage/images.ts'
import { startImageSweeper, usualTiming } from '../src/image-sweeper.ts'
import { plain, upload } from './pictures.ts'
import { addProduct, type ShownProduct } from './products.ts'
import { blobNames, type ScratchService, scratchStorage, startScratchService } from './scratch-service.ts'
import { firstPassOver, makeDue, pagedStorage, sweepOnce, until } from './sweeps.ts'

let { blobStorage, container } = scratchStorage()
let service: ScratchService
beforeEach(async () => {
  ;({ blobStorage, container } = scratchStorage())
  service = await startScratchService({ blobStorage })
  await firstPassOver(service.sql)
})
afterEach(async () => {
  await service.stop()
  await container.deleteIfExists()
})

const namedBlobs = async () => {
  const rows = await service.sql<{ imageStem: string }[]>`
    select image_stem from products where deleted_at is null and image_stem is not null`
  return rows
    .flatMap(({ imageStem }) => [blobName(imageStem, 'main'), blobName(imageStem, 'thumbnail')])
    .sort()
}

test('with uploads, replacements and deletions going on, never a picture that a row names is removed', async () => {
  // The hour, shortened: what is in flight has to be younger, as it is in earnest.
  const minAgeMs = 7_000
  const photo = await plain(40, 30)
  const { log, lines } = captureLog()
  const storage = pagedStorage(blobStorage, container, 7)
  const timing = { ...usualTiming, minAgeMs, pollMs: 10, restMs: 0 }
  await makeDue(service.sql)
  const sweepers = [1, 2].map(() => startImageSweeper(service.sql, storage, log, timing))

  let longestMs = 0
  const put = async (id: number): Promise<ShownProduct> => {
    const began = performance.now()
    const { status, body } = await upload(service.shop, id, photo, 'image/png')
    longestMs = Math.max(longestMs, performance.now() - began)
    assert.equal(status, 200)
    return body
  }
  const removed = () => lines.reduce((sum, line) => sum + (JSON.parse(line).removed ?? 0), 0)
  let changes = 0
  const [enough, latest] = [Date.now() + minAgeMs + 3_000, Date.now() + 40_000]
  const isOver = () => Date.now() > latest || (Date.now() > enough && removed() > 40)
  const client = async () => {
    for (; !isOver(); changes += 1) {
      const { product_id } = await addProduct(service.shop)
      await put(product_id)
      const { image_url } = await put(product_id)
      assert.equal((await fetch(String(image_url))).status, 200)
      if (changes % 3 === 0) await service.shop.delete(`/products/${product_id}`)
      await sleep(20)
    }
  }
  await Promise.all([client(), client(), client(), client()])
  await Promise.all(sweepers.map((sweeper) => sweeper.stop()))
  assert.ok(longestMs < minAgeMs - 1_000, `an upload took ${longestMs} ms: this machine is too slow to tell`)

  const named = await namedBlobs()
  const left = new Set(await blobNames(container))
  assert.deepEqual(
    named.filter((name) => !left.has(name)),
    [],
    'a named picture is gone',
  )
  assert.ok(removed() > 40, `${removed()} removed in ${lines.length} passes, ${changes} rounds`)
  // The last pass was broken off: one goes on where it ended, and one begins anew.
  for (const _pass of [1, 2]) await sweepOnce(service.sql, storage, 0)
  assert.deepEqual((await blobNames(container)).sort(), named)
})

test('a service killed in the middle of a pass leaves a lease that runs out, and the next pass finishes', async () => {
  const { product_id } = await addProduct(service.shop)
  await upload(service.shop, product_id, await plain(40, 30), 'image/png')
  const stems = Array.from({ length: 200 }, (_, at) => newStem(at + 1_000_000))
  const names = stems.flatMap((stem) => [blobName(stem, 'main'), blobName(stem, 'thumbnail')]).values()
  const putSome = async () => {
    for (const name of names) await container.getBlockBlobClient(name).upload('x', 1)
  }
  await Promise.all(Array.from({ length: 16 }, putSome))
  await service.sql`
    insert into products (name, price, stock_quantity, image_stem, deleted_at)
    select 'gone', 1, 0, stem, now() from unnest(${stems}::text[]) as stem`
  const kept = await namedBlobs()
  await makeDue(service.sql)

  const child = spawn(process.execPath, [new URL('../src/main.ts', import.meta.url).pathname], {
    env: { PATH: process.env.PATH, ...settings() },
    stdio: 'ignore',
    timeout: 30_000,
  })
  const left = async () => (await blobNames(container)).length - kept.length
  await until(async () => child.exitCode !== null || (await left()) < 400)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const there = await left()
  assert.ok(there > 0 && there < 400, `${there} of 400 left`)

  const [claim] = await service.sql`
    select holder, due_at - now() between '10 minutes' and '15 minutes' as leased from image_sweep`
  assert.ok(claim?.holder && claim.leased)
  const { log, lines } = captureLog()
  const early = startImageSweeper(service.sql, new ImageStore(blobStorage), log)
  await sleep(300)
  await early.stop()
  assert.deepEqual(lines, [], 'nobody sweeps while the lease runs')
  assert.equal((await sweepOnce(service.sql, new ImageStore(blobStorage))).report.removed, there)
  assert.deepEqual((await blobNames(container)).sort(), kept)
})

function settings(): Record<string, string> {
  return {
    PORT: '0',
    ...variablesFor(service.config.postgres),
    SERVICE_AUTH_SECRET: 'sixteen letters or more',
    AZURE_STORAGE_ACCOUNT_NAME: blobStorage.accountName,
    AZURE_STORAGE_ACCOUNT_KEY: String(blobStorage.accountKey),
    AZURE_STORAGE_BLOB_ENDPOINT: blobStorage.endpoint,
    AZURE_STORAGE_CONTAINER_NAME: blobStorage.containerName,
  }
}
