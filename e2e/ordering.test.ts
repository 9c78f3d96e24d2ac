import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { reconcile } from '@tallyshop/operations/reconcile'
import type { Answer } from '@tallyshop/service-kit/test-support/http'
import { type BothServices, startBothServices } from './support/both-services.ts'
import { until } from './support/until.ts'

let shop: BothServices

before(async () => {
  shop = await startBothServices()
})

after(async () => {
  // Whatever the tests above did, the numbers agree.
  const { differences } = await reconcile(shop.databases)
  await shop.stop()
  assert.deepEqual(differences, [])
})

const countBy = (answers: Answer[]) => {
  const counts: Record<number, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const stockOf = async (productId: number) =>
  (await shop.product.get(`/products/${productId}`)).body.stock_quantity

test('64 parallel orders over 20 products all become orders', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => shop.createProduct(100)))
  const orders = Array.from({ length: 64 }, (_, i) => {
    // Every order wants its products in another sequence: locks must not be taken as they come.
    const items = [0, 7, 3, 12].map((step) => ({
      product_id: ids[(i * 11 + step * (i + 1)) % 20],
      quantity: 1,
    }))
    return shop.order.post('/orders/', { items })
  })
  assert.deepEqual(countBy(await Promise.all(orders)), { 201: 64 })
})

test('of 200 parallel orders for one of 50 units, 50 get it and 150 are told', async () => {
  const productId = await shop.createProduct(50)
  const order = () => shop.order.post('/orders/', { items: [{ product_id: productId, quantity: 1 }] })
  const answers = await Promise.all(Array.from({ length: 200 }, order))
  assert.deepEqual(countBy(answers), { 201: 50, 409: 150 })
  assert.equal(await stockOf(productId), 0)
  const refused = answers.find(({ status }) => status === 409)
  assert.deepEqual(refused?.body.lines, [{ product_id: productId, wanted: 1, available: 0 }])
})

test('one key sent 50 times at once is one order, one unit and the same bytes, also after a restart', async () => {
  const productId = await shop.createProduct(50)
  const headers = { 'idempotency-key': randomUUID() }
  const send = () => shop.order.post('/orders/', { items: [{ product_id: productId, quantity: 1 }] }, headers)
  const answers = await Promise.all(Array.from({ length: 50 }, send))
  await shop.restartOrderService()
  answers.push(await send())
  assert.deepEqual(countBy(answers), { 201: 51 })
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
  assert.equal(await stockOf(productId), 49)
})

test('an order taken while the product service is away is settled when it is back, once', async () => {
  const productId = await shop.createProduct(5)
  const headers = { 'idempotency-key': randomUUID() }
  const send = () => shop.order.post('/orders/', { items: [{ product_id: productId, quantity: 2 }] }, headers)
  await shop.stopProductService()
  const pending = await send()
  assert.equal(pending.status, 503)
  assert.equal(pending.body.code, 'outcome_pending')
  assert.equal(pending.headers['idempotency-key'], headers['idempotency-key'])
  await shop.startProductService()
  const final = await untilFinal(send)
  assert.equal(final.status, 201)
  assert.equal((await send()).text, final.text)
  assert.equal(await stockOf(productId), 3)
})

test('a cancelled order gives its stock back, also when the product service was away', async () => {
  const productId = await shop.createProduct(5)
  const placed = await shop.order.post('/orders/', { items: [{ product_id: productId, quantity: 5 }] })
  assert.equal(await stockOf(productId), 0)
  await shop.stopProductService()
  const cancelled = await shop.order.patch(`/orders/${placed.body.order_id}/status?new_status=cancelled`)
  assert.equal(cancelled.status, 200)
  assert.equal(cancelled.body.status, 'cancelled')
  await shop.startProductService()
  await until(
    async () => (await stockOf(productId)) === 5,
    15_000,
    () => 'the stock to come back',
  )
})

test('an order of a deleted product can still be cancelled, and keeps its lines', async () => {
  const productId = await shop.createProduct(5, { name: 'Last of its kind' })
  const placed = await shop.order.post('/orders/', { items: [{ product_id: productId, quantity: 1 }] })
  assert.equal((await shop.product.delete(`/products/${productId}`)).status, 204)
  const cancelled = await shop.order.patch(`/orders/${placed.body.order_id}/status?new_status=cancelled`)
  assert.equal(cancelled.status, 200)
  assert.equal(cancelled.body.items[0].product_name, 'Last of its kind')
})

/** Asks again as a buyer's page does, until the answer is final; at most 15 s. */
async function untilFinal(send: () => Promise<Answer>): Promise<Answer> {
  for (const deadline = Date.now() + 15_000; ; await sleep(200)) {
    const answer = await send()
    if (answer.status < 500 && answer.body.code !== 'in_progress') return answer
    assert.ok(Date.now() < deadline, `still ${answer.text} after 15 s`)
  }
}
