import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { type Client, createClient } from '@tallyshop/service-kit/test-support/http'
import { photograph, pictureForm } from '../support/pictures.ts'
import { makeDataDir, type ShopProcess, startShopProcess } from '../support/shop-process.ts'
import { compose, home } from './support/docker.ts'
import { bringUp, reconcile, takeDown, urls } from './support/shop.ts'

const backups = mkdtempSync(join(tmpdir(), 'tallyshop-backups-'))
const { dataDir, remove } = makeDataDir()
let laptop: ShopProcess
let books: Books

before(async () => {
  laptop = await startShopProcess({ dataDir })
  await fill(laptop.urls)
  books = await readBooks(laptop.urls)
})

after(async () => {
  await laptop?.killEverything()
  remove()
  rmSync(backups, { recursive: true, force: true })
})

test('docker compose down --volumes and up make a clean shop', async () => {
  await takeDown(['--volumes'])
  await bringUp()
  assert.deepEqual(await readBooks(urls), { products: [], orders: [], pictures: {} })
})

test('a backup of a shop of npm start is restored into the containers, and reconcile agrees', async () => {
  const backup = [join(home, 'operations/src/backup-main.ts'), join(backups, 'monday')]
  const env = { ...process.env, DATA_DIR: dataDir }
  await promisify(execFile)(process.execPath, backup, { env, timeout: 60_000 })
  assert.equal(await laptop.stop(), 0)
  const user = `${process.getuid?.()}:${process.getgid?.()}`
  const run = ['run', '--rm', '--user', user, '--volume', `${backups}:/backups`, 'operations']
  await compose([...run, 'restore', '/backups/monday'], { timeoutMs: 180_000 })
  assert.match(await reconcile(), /^6 orders, \d+ stock movements, 0 in motion, 0 differences$/m)
})

test('there its products, stock and orders are what they were, and its pictures open', async () => {
  assert.equal(Object.keys(books.pictures).length, 2)
  assert.deepEqual(await readBooks(urls), books)
})

test('it goes on with new numbers', async () => {
  const order = createClient(urls.order)
  const { status, body } = await order.post('/orders/', { items: [{ product_id: 1, quantity: 1 }] })
  assert.deepEqual([status, body.order_id], [201, 7])
})

test('a backup by the operations container is complete', async () => {
  const user = `${process.getuid?.()}:${process.getgid?.()}`
  const run = ['run', '--rm', '--user', user, '--volume', `${backups}:/backups`, 'operations']
  await compose([...run, 'backup', '/backups/tuesday'])
  await compose([...run, 'restore', '/backups/tuesday', '--force'])
  const { orders } = await readBooks(urls)
  assert.equal(orders.length, 7)
})

type Place = Pick<ShopProcess['urls'], 'shop' | 'product' | 'order'>
type Books = Awaited<ReturnType<typeof readBooks>>

/** Two products with pictures and six orders, one of them cancelled. */
async function fill(place: Place): Promise<void> {
  const [product, order] = [createClient(place.product), createClient(place.order)]
  for (const [name, width] of [
    ['Tall vase', 900],
    ['Low bowl', 700],
  ] as const) {
    const { body } = await product.post('/products/', { name, price: 39.9, stock_quantity: 20 })
    const form = pictureForm(await photograph(width, 600))
    const { status, text } = await product.post(`/products/${body.product_id}/upload-image`, form)
    assert.equal(status, 200, text)
  }
  for (let quantity = 1; quantity <= 6; quantity++) {
    const items = [{ product_id: 1 + (quantity % 2), quantity }]
    const { status, text } = await order.post('/orders/', { items, shipping_address: 'Ada\nLondon' })
    assert.equal(status, 201, text)
  }
  const { status } = await order.patch('/orders/2/status?new_status=cancelled')
  assert.equal(status, 200)
}

/** All that a shop says of its products and orders, and the bytes of its pictures, whatever its own addresses are. */
async function readBooks(place: Place) {
  const list = async (client: Client, path: string) => {
    const { status, body, text } = await client.get(path)
    assert.equal(status, 200, text)
    return body as Record<string, unknown>[]
  }
  const products = await list(createClient(place.product), '/products/')
  const orders = await list(createClient(place.order), '/orders/')
  const pictures: Record<string, string> = {}
  for (const { product_id, image_url } of products) {
    const answer = await fetch(String(image_url), { signal: AbortSignal.timeout(10_000) })
    assert.equal(answer.status, 200, `the picture of product ${product_id} does not open`)
    pictures[String(product_id)] = Buffer.from(await answer.arrayBuffer()).toString('base64')
  }
  return { products: products.map(withoutAddresses), orders: orders.map(withoutAddresses), pictures }
}

function withoutAddresses(entry: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !/_url$|_token$/.test(name)))
}
