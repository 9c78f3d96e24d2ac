import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { findDatabases } from '@tallyshop/operations/databases'
import { reconcile } from '@tallyshop/operations/reconcile'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import sharp from 'sharp'
import { type Buying, placeOrdersUntil, repeatUntilFinal } from './support/buyers.ts'
import { photograph, pictureForm } from './support/pictures.ts'
import { makeDataDir, type ShopProcess, startShopProcess } from './support/shop-process.ts'

const { dataDir, remove } = makeDataDir()
let shop: ShopProcess | undefined

after(async () => {
  await shop?.killEverything()
  remove()
})

test('after kill -9 of everything in the middle of 200 orders, and again during the restart, nothing is lost', async () => {
  shop = await startShopProcess({ dataDir })
  const products = createClient(shop.urls.product)
  const created = await products.post('/products/', { name: 'Lamp', price: 45.5, stock_quantity: 1000 })
  const productId: number = created.body.product_id
  await products.post(`/products/${productId}/upload-image`, pictureForm(await photograph(900, 600)))
  const { killEverything } = shop
  const wishes = await placeOrdersUntil({ count: 200, enough: 80 }, buyingAt(shop, productId), killEverything)
  const acknowledged = wishes.filter(({ orderId }) => orderId !== undefined)

  await (await startShopProcess({ dataDir, killAfterMs: 900 })).killEverything()
  shop = await startShopProcess({ dataDir })

  const orders = createClient(shop.urls.order)
  for (const { orderId, total } of acknowledged) {
    const { status, body } = await orders.get(`/orders/${orderId}`)
    assert.equal(status, 200, `order ${orderId} was acknowledged and is gone`)
    assert.equal(body.total_amount, total)
  }
  await repeatUntilFinal(wishes, buyingAt(shop, productId))
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

function buyingAt({ urls }: ShopProcess, productId: number): Buying {
  const orders = createClient(urls.order)
  return { place: (order, headers) => orders.post('/orders/', order, headers), productId, price: 45.5 }
}
