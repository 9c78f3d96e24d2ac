import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { backUp } from '@tallyshop/operations/backup/back-up'
import { openPictureStore } from '@tallyshop/operations/picture-store'
import { silent } from '@tallyshop/operations/progress'
import { reconcile } from '@tallyshop/operations/reconcile'
import { restore } from '@tallyshop/operations/restore/restore'
import {
  type BackupShop,
  containerOf,
  makeBackupsFolder,
  readBlobs,
  readEverything,
  startBackupShop,
} from './support/backup-shop.ts'
import { serviceAuthSecret } from './support/both-services.ts'
import { type FilledShop, fillShop, settled } from './support/filled-shop.ts'
import { photograph, pictureForm } from './support/pictures.ts'
import { until } from './support/until.ts'

const backups = makeBackupsFolder()
const folder = backups.folder('first')
let shop: BackupShop
/** Where backups are restored to; its services run all the time. */
let other: BackupShop
let filled: FilledShop
let original: Awaited<ReturnType<typeof readEverything>>

before(async () => {
  ;[shop, other] = await Promise.all([startBackupShop(), startBackupShop()])
  filled = await fillShop(shop)
  original = await readEverything(shop)
})

after(async () => {
  await Promise.all([shop.stop(), other.stop()])
  backups.remove()
})

const differences = async ({ databases, address: { blobStorage } }: BackupShop) => {
  const pictures = blobStorage && openPictureStore(blobStorage)
  return (await reconcile(databases, { pauseMs: 100, pictures })).differences
}

test('a backup of a quiet shop holds every table and blob, is for its owner only, and finds nothing to tell', async () => {
  const { manifest, pictures } = await backUp(shop.address, folder)
  assert.equal(pictures?.count, Object.keys(original.blobs).length)
  assert.deepEqual([pictures.missing, pictures.foreign], [[], 0])
  const { oneCut, orders, inMotion, differences: found } = manifest.comparison
  assert.deepEqual({ oneCut, orders, inMotion, found }, { oneCut: true, orders: 7, inMotion: 0, found: 0 })
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, file)
    assert.equal(statSync(path).mode & 0o077, 0, `${file} can be read by others`)
    if (statSync(path).isFile()) assert.ok(!readFileSync(path).includes(serviceAuthSecret), file)
  }
})

test('a fresh shop gets every row, sequence and blob of a backup, and its numbers agree', async () => {
  const report = await restore(other.address, folder, { underWayMs: 100_000 })
  assert.deepEqual(await readEverything(other), original)
  assert.deepEqual(report.pictures, { uploaded: Object.keys(original.blobs).length, others: 0 })
  assert.deepEqual(report.leftOut, [])
  assert.deepEqual(await differences(other), [])
})

test('a key that was used before the backup gets the same bytes afterwards', async () => {
  const { key, body, answer } = filled.placed
  const again = await other.order.post('/orders/', body, { 'idempotency-key': key })
  assert.deepEqual([again.status, again.text], [201, answer.text])
  const token = { 'x-order-token': again.body.order_token }
  assert.equal((await other.order.get(`/orders/${again.body.order_id}`, token)).status, 200)
})

test('a restored shop shows its pictures and takes new orders and pictures under new numbers', async () => {
  const { productId } = filled
  const { image_url } = (await other.product.get(`/products/${productId}`)).body
  const shown = await fetch(image_url)
  assert.equal(shown.headers.get('content-type'), 'image/webp')
  assert.equal((await other.order.get('/orders/')).body.length, 6)
  const { body } = await other.order.post('/orders/', { items: [{ product_id: productId, quantity: 1 }] })
  assert.equal(body.order_id, 8)
  assert.ok((await other.createProduct(1)) > productId)
  const form = pictureForm(await photograph(50, 50))
  assert.equal((await other.product.post(`/products/${productId}/upload-image`, form)).status, 200)
  await assert.rejects(
    async () => other.productDb.sql`delete from stock_movements`,
    /append-only/,
    'the trigger is on again',
  )
  assert.deepEqual(await differences(other), [])
})

test('a shop that is not empty is replaced when it is asked for, and pictures it has since are left alone', async () => {
  await assert.rejects(restore(other.address, folder), {
    name: 'CannotProceed',
    message:
      /^The shop is not empty: order_db has order_history, order_items, orders, placements\. .+--force\.$/,
  })
  const stored = Object.keys(await readBlobs(other.address)).length
  const [name = ''] = Object.keys(original.blobs)
  await containerOf(other.address).getBlockBlobClient(name).upload('other bytes', 11)
  await other.productDb.sql`create view cheap as select * from products; create type size as enum ('s')`
  const { pictures } = await restore(other.address, folder, { force: true })
  const { product, order, blobs } = await readEverything(other)
  assert.deepEqual({ product, order }, { product: original.product, order: original.order })
  assert.deepEqual(pictures, { uploaded: 1, others: stored - Object.keys(original.blobs).length })
  for (const [each, facts] of Object.entries(original.blobs)) assert.deepEqual(blobs[each], facts)
})

test('pictures of other shops are left out of a backup, and one that a product names in vain is told', async () => {
  const container = containerOf(other.address)
  const odd = container.getBlockBlobClient('products/readme.txt')
  const foreign = container.getBlockBlobClient(`products/1/${randomUUID()}-480.webp`)
  await odd.upload('odd', 3)
  await foreign.upload('foreign', 7, { metadata: { tallyshop: randomUUID() } })
  const [row] = await other.productDb
    .sql`select image_stem from products where product_id = ${filled.productId}`
  await container.deleteBlob(`${row?.imageStem}-480.webp`)
  const { pictures } = await backUp(other.address, backups.folder('shared'))
  assert.deepEqual([pictures?.missing, pictures?.foreign], [[`${row?.imageStem}-480.webp`], 2])
  for (const { name } of [odd, foreign]) await container.deleteBlob(name)
})

test('a picture that is swept while its shop is restored is there again afterwards', async () => {
  const container = containerOf(other.address)
  const [name = ''] = Object.keys(original.blobs)
  let sweeping: Promise<unknown> = Promise.resolve()
  const sweepAt = (line: string) => {
    if (line.startsWith('order_db: loading')) sweeping = container.deleteBlob(name)
  }
  const progress = { ...silent, say: sweepAt }
  const { pictures } = await restore(other.address, folder, { force: true, progress })
  await sweeping
  assert.equal(pictures?.uploaded, 2, 'the one that was missing before, and the swept one')
  assert.deepEqual(await differences(other), [])
})

test('a backup under load is of one moment, and goes on from there', async () => {
  const { productId } = filled
  let busy = true
  const acknowledged: number[] = []
  const order = async () => {
    while (busy) {
      const items = [{ product_id: productId, quantity: 1 }]
      const { status, body } = await shop.order.post('/orders/', { items })
      if (status !== 201) continue
      acknowledged.push(body.order_id)
      if (body.order_id % 3 === 0)
        await shop.order.patch(`/orders/${body.order_id}/status?new_status=cancelled`)
    }
  }
  const upload = async () => {
    const photo = await photograph(60, 40)
    while (busy) {
      const id = await shop.createProduct(1)
      await shop.product.post(`/products/${id}/upload-image`, pictureForm(photo))
      await shop.product.delete(`/products/${id}`)
    }
  }
  const load = Promise.all([order(), order(), order(), upload()])
  const backUpBusy = async () => {
    await until(
      () => acknowledged.length > 10,
      30_000,
      () => `${acknowledged.length} orders`,
    )
    const certain = acknowledged.length
    await shop.orderDb.sql`create table notes (text text)`
    return { certain, ...(await backUp(shop.address, backups.folder('busy'))) }
  }
  const { certain, manifest } = await backUpBusy().finally(() => {
    busy = false
  })
  await load
  const { oneCut, differences: found, sentences } = manifest.comparison
  assert.deepEqual({ oneCut, found, sentences }, { oneCut: true, found: 0, sentences: [] })

  const { leftOut } = await restore(other.address, backups.folder('busy'), { force: true })
  assert.deepEqual(leftOut, ['notes'])
  await other.orderDb.sql`update placements set lease_until = now() where state = 'placing'`
  await settled(other)
  assert.deepEqual(await differences(other), [])
  const kept = await other.orderDb.sql<{ orderId: number }[]>`select order_id from orders`
  const ids = new Set(kept.map(({ orderId }) => orderId))
  const lost = acknowledged.slice(0, certain).filter((orderId) => !ids.has(orderId))
  assert.deepEqual(lost, [], 'orders answered before the backup began')
})

test('where orders cannot be held back, two snapshots are taken all the same, and it is told', async () => {
  await other.orderDb.sql.begin(async (tx) => {
    await tx`lock table placements in row exclusive mode`
    const { manifest } = await backUp(other.address, backups.folder('in use'))
    assert.equal(manifest.comparison.oneCut, false)
  })
})

test('services that run while their shop is restored lose no order silently and hold no stock for nobody', async () => {
  const { productId } = filled
  let busy = true
  const answers: { status: number; id: number; key: string }[] = []
  const order = async () => {
    while (busy) {
      const body = { items: [{ product_id: productId, quantity: 1 }] }
      const { status, body: said, headers } = await other.order.post('/orders/', body)
      answers.push({ status, id: said?.order_id, key: String(headers['idempotency-key']) })
    }
  }
  const load = Promise.all([order(), order(), order(), order()])
  const restoreMeanwhile = async () => {
    await sleep(500)
    await restore(other.address, folder, { force: true })
    const restoredAt = answers.length
    const isSelling = () => answers.slice(restoredAt).some(({ status }) => status === 201)
    await until(isSelling, 30_000, () => 'an order after the restore')
  }
  await restoreMeanwhile().finally(() => {
    busy = false
  })
  await load
  await settled(other)
  assert.deepEqual(await differences(other), [])
  assert.deepEqual(
    answers.filter(({ status }) => ![201, 409, 500, 503].includes(status)),
    [],
  )
})
