import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { findDatabases } from '@tallyshop/operations/databases'
import { reconcile } from '@tallyshop/operations/reconcile'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import sharp from 'sharp'
import { photograph, pictureForm } from './support/pictures.ts'
import { makeDataDir, type ShopProcess, startShopProcess } from './support/shop-process.ts'

const { dataDir, remove } = makeDataDir()
let shop: ShopProcess | undefined

after(async () => {
  await shop?.killEverything()
  remove()
})

type Wish = { key: string; total?: number; orderId?: number }

test('after kill -9 of everything in the middle of 200 orders, and again during the restart, nothing is lost', async () => {
  shop = await startShopProcess({ dataDir })
  const products = createClient(shop.urls.product)
  const created = await products.post('/products/', { name: 'Lamp', price: 45.5, stock_quantity: 1000 })
  const productId: number = created.body.product_id
  await products.post(`/products/${productId}/upload-image`, pictureForm(await photograph(900, 600)))
  await sleep(1_000)

  const wishes = await placeOrdersUntil(80, shop, productId)
  const acknowledged = wishes.filter(({ orderId }) => orderId !== undefined)
  assert.ok(
    acknowledged.length >= 80 && acknowledged.length < 200,
    `${acknowledged.length} were acknowledged`,
  )

  await (await startShopProcess({ dataDir, killAfterMs: 900 })).killEverything()
  shop = await startShopProcess({ dataDir })

  const orders = createClient(shop.urls.order)
  for (const { orderId, total } of acknowledged) {
    const { status, body } = await orders.get(`/orders/${orderId}`)
    assert.equal(status, 200, `order ${orderId} was acknowledged and is gone`)
    assert.equal(body.total_amount, total)
  }
  await repeatUntilFinal(wishes, shop, productId)
  const { body: product } = await createClient(shop.urls.product).get(`/products/${productId}`)
  assert.equal(product.stock_quantity, 1000 - 2 * 200)
  const image = await fetch(product.image_url)
  assert.equal(image.status, 200)
  assert.equal((await sharp(Buffer.from(await image.arrayBuffer())).metadata()).width, 900)

  const databases = await findDatabases({}, dataDir)
  assert.ok(databases)
  const report = await reconcile(databases).finally(databases.end)
  assert.deepEqual(
    { orders: report.orders, differences: report.differences },
    { orders: 200, differences: [] },
  )
  assert.equal(await shop.stop(), 0)
})

/** 16 buyers place 200 orders; when `enough` are acknowledged everything is killed under them. */
async function placeOrdersUntil(enough: number, running: ShopProcess, productId: number): Promise<Wish[]> {
  const wishes: Wish[] = Array.from({ length: 200 }, () => ({ key: randomUUID() }))
  const waiting = [...wishes]
  let acknowledged = 0
  let killed: Promise<void> | undefined
  const buyer = async () => {
    for (let wish = waiting.shift(); wish && !killed; wish = waiting.shift()) {
      if ((await send(wish, running, productId)) && ++acknowledged === enough)
        killed = running.killEverything()
    }
  }
  await Promise.all(Array.from({ length: 16 }, buyer))
  await killed
  return wishes
}

async function repeatUntilFinal(wishes: Wish[], running: ShopProcess, productId: number): Promise<void> {
  for (const wish of wishes) {
    const { orderId } = wish
    for (const deadline = Date.now() + 30_000; !(await send(wish, running, productId)); await sleep(250)) {
      assert.ok(Date.now() < deadline, `the order with key ${wish.key} was not settled in 30 s`)
    }
    if (orderId !== undefined) assert.equal(wish.orderId, orderId, 'one key became two orders')
  }
}

/** True where the order was acknowledged. */
async function send(wish: Wish, { urls }: ShopProcess, productId: number): Promise<boolean> {
  const items = [{ product_id: productId, quantity: 2, price_at_purchase: 45.5 }]
  const headers = { 'idempotency-key': wish.key }
  const answer = await createClient(urls.order)
    .post('/orders/', { items }, headers)
    .catch(() => undefined)
  if (answer?.status !== 201) return false
  wish.orderId = answer.body.order_id
  wish.total = answer.body.total_amount
  return true
}
