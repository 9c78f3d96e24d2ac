import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findRunningShop } from '@tallyshop/embedded/lock'
import { openPictureStore, type PictureStore } from '@tallyshop/operations/picture-store'
import { reconcile } from '@tallyshop/operations/reconcile'
import { openAccount } from '@tallyshop/product-service/blob-storage/account'
import { type BlobStorageConfig, readConfig } from '@tallyshop/product-service/config'
import { startProductService } from '@tallyshop/product-service/service'
import type { RunningService } from '@tallyshop/service-kit/process'
import { type Client, createClient } from '@tallyshop/service-kit/test-support/http'
import { type BothServices, serviceAuthSecret, startBothServices } from './support/both-services.ts'
import { photograph, pictureForm } from './support/pictures.ts'
import { makeDataDir, startShopProcess } from './support/shop-process.ts'

let shop: BothServices
/** A replica of the product service that has a storage account. */
let replica: RunningService
let product: Client
let blobStorage: BlobStorageConfig
let photo: Buffer
before(async () => {
  shop = await startBothServices()
  const config = readConfig({
    ...process.env,
    AZURE_STORAGE_CONTAINER_NAME: `test-${randomUUID()}`,
    SERVICE_AUTH_SECRET: serviceAuthSecret,
    PORT: '0',
    LOG_LEVEL: 'silent',
  })
  assert.ok(config.blobStorage)
  blobStorage = config.blobStorage
  replica = await startProductService({ ...config, postgres: shop.productDb.config })
  product = createClient(replica.url)
  photo = await photograph(60, 40)
})
after(async () => {
  await container().deleteIfExists()
  await replica.stop()
  await shop.stop()
})

const container = () => openAccount(blobStorage).getContainerClient(blobStorage.containerName)
const addPicture = async (id: number): Promise<string> => {
  assert.equal((await product.post(`/products/${id}/upload-image`, pictureForm(photo))).status, 200)
  const [row] = await shop.productDb.sql`select image_stem from products where product_id = ${id}`
  return String(row?.imageStem)
}
const withPicture = async () => {
  const id = await shop.createProduct(1)
  return { id, stem: await addPicture(id) }
}
const stored: PictureStore = () => openPictureStore(blobStorage)()
const hour = 3_600_000
/** As it will be in some hours. */
const agedBy = (ms: number): PictureStore =>
  async function* () {
    for await (const picture of stored()) yield { ...picture, ageMs: picture.ageMs + ms }
  }
const found = async (pictures = stored) => {
  const report = await reconcile(shop.databases, { pauseMs: 50, pictures })
  return { sentences: report.differences.map(({ sentence }) => sentence), counts: report.pictures }
}

test('pictures that products name are no difference, in whatever order their numbers sort', async () => {
  for (let i = 0; i < 12; i++) await withPicture()
  assert.deepEqual(await found(), { sentences: [], counts: { named: 12, unnamed: 0 } })
  const without = await reconcile(shop.databases, { pauseMs: 50 })
  assert.equal(without.pictures, undefined)
})

test('thousands of rows and blobs are compared page by page', async () => {
  const { sql } = shop.productDb
  const stems = Array.from({ length: 1_200 }, (_, at) => `products/${at + 1_000_000}/${randomUUID()}`).sort()
  await sql`insert into products (name, price, stock_quantity, image_stem)
    select 'many', 1, 0, stem from unnest(${stems}::text[]) as stem`
  const synthetic: PictureStore = async function* () {
    for (const stem of stems.filter((_, at) => at !== 700))
      yield { stem, names: [480, 1600].map((side) => `${stem}-${side}.webp`), ageMs: 0 }
  }
  const rest = (await found()).counts?.named ?? 0
  const { sentences, counts } = await found(synthetic)
  await sql`delete from products where name = 'many'`
  assert.equal(counts?.named, rest)
  assert.ok(sentences.some((sentence) => sentence.includes(`${stems[700]}, which is not stored`)))
  assert.equal(sentences.filter((sentence) => sentence.includes('/1000')).length, 1)
})

test('a product whose picture is gone, whole or in one size, is found with its name', async () => {
  const [one, two] = [await withPicture(), await withPicture()]
  const { named = 0 } = (await found()).counts ?? {}
  await container().deleteBlob(`${one.stem}-480.webp`)
  for (const side of [480, 1600]) await container().deleteBlob(`${two.stem}-${side}.webp`)
  const { sentences, counts } = await found()
  assert.deepEqual(sentences, [
    `Product ${one.id} names the picture ${one.stem}, which is stored without its thumbnail size.`,
    `Product ${two.id} names the picture ${two.stem}, which is not stored.`,
  ])
  assert.deepEqual(counts, { named, unnamed: 0 })
  for (const { id } of [one, two]) await product.put(`/products/${id}`, { image_url: null })
})

test('pictures that no product names are counted, and a difference once the sweeper had hours', async () => {
  const { counts: before } = await found()
  const [replaced, deleted] = [await withPicture(), await withPicture()]
  await addPicture(replaced.id)
  await product.delete(`/products/${deleted.id}`)
  const { sql } = shop.productDb
  const unnamed = (before?.unnamed ?? 0) + 2
  for (const pictures of [stored, agedBy(2 * hour), agedBy(30 * hour)]) {
    const { sentences, counts } = await found(pictures)
    assert.deepEqual([sentences, counts?.unnamed], [[], unnamed], 'old, but named until a moment ago')
  }
  await sql`update products set created_at = now() - interval '9 hours', updated_at = now() - interval '5 hours',
    deleted_at = deleted_at - interval '4 hours' where product_id in (${replaced.id}, ${deleted.id})`
  assert.deepEqual((await found(agedBy(2 * hour))).sentences, [])
  const { sentences } = await found(agedBy(30 * hour))
  assert.deepEqual(
    sentences.sort(),
    [
      `No product has named the picture ${deleted.stem} (2 blobs) for 4 hours: the sweeper should have removed it, unless it is another shop's.`,
      `No product has named the picture ${replaced.stem} (2 blobs) for 5 hours: the sweeper should have removed it, unless it is another shop's.`,
    ].sort(),
  )
})

test('pictures that come and go meanwhile are no difference', async () => {
  let busy = true
  const change = async () => {
    while (busy) {
      const { id } = await withPicture()
      await addPicture(id)
      await product.delete(`/products/${id}`)
    }
  }
  const changing = Promise.all([change(), change()])
  const known: string[] = []
  for (let look = 0; look < 6; look++) known.push(...(await found()).sentences)
  busy = false
  await changing
  assert.deepEqual(known, [])
})

test('a store that cannot be read is said to be so, and the databases are compared all the same', async () => {
  const away = openPictureStore({ ...blobStorage, endpoint: `http://127.0.0.1:1/${blobStorage.accountName}` })
  const productId = await shop.createProduct(10)
  await shop.productDb.sql`update products set stock_quantity = 11 where product_id = ${productId}`
  const { sentences } = await found(away)
  assert.equal(sentences.length, 3)
  assert.match(String(sentences[2]), /^The pictures could not be compared: .*ECONNREFUSED/)
  await shop.productDb.sql`update products set stock_quantity = 10 where product_id = ${productId}`
})

test('npm run reconcile finds the pictures of the running shop by itself', async () => {
  const { dataDir, remove } = makeDataDir()
  const running = await startShopProcess({ dataDir })
  try {
    const client = createClient(running.urls.product)
    const { body } = await client.post('/products/', { name: 'Vase', price: 1, stock_quantity: 1 })
    const path = `/products/${body.product_id}`
    const { image_url } = (await client.post(`${path}/upload-image`, pictureForm(photo))).body
    assert.match(
      (await runReconcile(dataDir)).said,
      /1 products with pictures, 0 stored pictures that none names/,
    )
    const store = (await findRunningShop(dataDir))?.pictureStore
    assert.ok(store)
    const account = openAccount({ ...blobStorage, ...store })
    const blob = new URL(image_url).pathname.replace('/blobs/product-images/', '')
    await account.getContainerClient('product-images').deleteBlob(blob)
    const { code, said } = await runReconcile(dataDir)
    assert.match(
      said,
      /Product 1 names the picture products\/1\/\S+, which is stored without its main size\./,
    )
    assert.equal(code, 1)
    assert.ok(!said.includes(store.accountKey))
  } finally {
    await running.stop()
    remove()
  }
})

function runReconcile(dataDir: string): Promise<{ code: number; said: string }> {
  const main = fileURLToPath(new URL('../operations/src/reconcile-main.ts', import.meta.url))
  const env = { PATH: process.env.PATH, ENV_FILE: process.env.ENV_FILE, DATA_DIR: dataDir }
  return new Promise((resolve) => {
    execFile(process.execPath, [main], { env, timeout: 30_000 }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr }),
    )
  })
}
