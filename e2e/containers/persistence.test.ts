import assert from 'node:assert/strict'
import { test } from 'node:test'
import { photograph, pictureForm } from '../support/pictures.ts'
import { bringUp, shop, takeDown } from './support/shop.ts'
import { query, readState } from './support/state.ts'

test('docker compose down and up keep every row and picture, and no migration runs again', async () => {
  await bringUp()
  await sellOne()
  const state = await readState()
  const names = Object.keys(state)
  for (const kept of [
    'products.products',
    'orders.orders',
    'products.schema_migrations',
    'product-images/',
  ]) {
    assert.ok(
      names.some((name) => name.startsWith(kept)),
      `there is nothing of ${kept} to keep`,
    )
  }
  await takeDown()
  await bringUp()
  assert.deepEqual(await readState(), state)
  await sellOne()
  const [orders] = await query('order_db', 'select count(*) from orders')
  assert.ok(state['orders.orders']?.startsWith(`${Number(orders) - 1} rows `))
})

async function sellOne(): Promise<void> {
  const product = await shop.post('/api/products/', { name: 'Tray', price: 22, stock_quantity: 2 })
  const id = product.body.product_id
  const uploaded = await shop.post(
    `/api/products/${id}/upload-image`,
    pictureForm(await photograph(300, 200)),
  )
  assert.equal(uploaded.status, 200, uploaded.text)
  const { status, text } = await shop.post('/api/orders/', { items: [{ product_id: id, quantity: 1 }] })
  assert.equal(status, 201, text)
}
