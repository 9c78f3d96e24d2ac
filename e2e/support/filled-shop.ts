import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '@tallyshop/service-kit/test-support/http'
import type { BackupShop } from './backup-shop.ts'
import { photograph, pictureForm } from './pictures.ts'

/** Text in which every character that a table's text form has to escape stands, and what a reader of lines may trip over. */
const hardText = 'a\ttab, \\N, \\., a\nnewline, a\r\nreturn, \u2028, "quotes" \'too\', ünïcode 漢字 🏺, \\\\x'

export type FilledShop = {
  /** A product with plenty in stock and a picture. */
  productId: number
  placed: { key: string; body: object; answer: Answer }
}

/** Gives a shop products, pictures, and orders of every kind and end. */
export async function fillShop(shop: BackupShop): Promise<FilledShop> {
  const photo = await photograph(120, 80)
  const upload = async (id: number) =>
    assert.equal((await shop.product.post(`/products/${id}/upload-image`, pictureForm(photo))).status, 200)
  const productId = await shop.createProduct(500)
  const few = await shop.createProduct(3, { name: 'Few “ünïcode” 漢字 🏺', description: null })
  const deleted = await shop.createProduct(5)
  await shop.createProduct(1, { image_url: 'https://pictures.example/vase.jpg' })
  for (const id of [productId, productId, few, deleted]) await upload(id)
  await shop.product.post(`/products/${few}/stock-adjustments`, { delta: -1, reason: 'broken' })
  await shop.productDb.sql`update products set description = ${hardText} where product_id = ${few}`

  const place = async (quantity: number, fields: object = {}) => {
    const key = randomUUID()
    const body = { items: [{ product_id: productId, quantity }], shipping_address: hardText, ...fields }
    return { key, body, answer: await shop.order.post('/orders/', body, { 'idempotency-key': key }) }
  }
  const placed = await place(1, { user_id: 7 })
  for (const status of ['processing', 'shipped', 'delivered', 'cancelled']) {
    const { answer } = await place(2)
    await shop.order.patch(`/orders/${answer.body.order_id}/status?new_status=${status}`)
  }
  const dropped = await place(3)
  await shop.order.delete(`/orders/${dropped.answer.body.order_id}`)
  await place(4, { items: [{ product_id: deleted, quantity: 1 }] })
  await shop.product.delete(`/products/${deleted}`)
  const refused = await place(1, { items: [{ product_id: few, quantity: 99 }] })
  assert.equal(refused.answer.status, 409)
  await callOff(shop)
  await settled(shop)
  return { productId, placed }
}

/** A wish that nobody got to in time. */
async function callOff({ orderDb }: BackupShop): Promise<void> {
  const uid = randomUUID()
  const wish = { userId: null, shippingAddress: null, status: 'pending', lines: [], actor: 'guest' }
  await orderDb.sql`
    insert into placements (order_uid, key, request_hash, request, lease_until, created_at)
    values (${uid}, ${uid}, '', ${JSON.stringify({ ...wish, requestId: uid })}, now(), now() - interval '1 hour')`
}

/** Waits until no order is in motion any more. */
export async function settled({ orderDb }: BackupShop): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await sleep(50)) {
    const [moving] = await orderDb.sql<{ count: number }[]>`
      select (select count(*) from placements where state = 'placing')
        + (select count(*) from orders where stock_state = 'release_due') as count`
    if (moving?.count === 0) return
    assert.ok(Date.now() < deadline, 'orders did not settle in 20 s')
  }
}
