import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { addProduct, readProduct } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
before(async () => {
  service = await startScratchService()
})
after(() => service.stop())

type Line = { product_id: number; quantity: number }

const path = (order: string) => `/internal/allocations/${order}`
const take = (order: string, lines: Line[]) => service.orders.put(path(order), { lines })
const times = <T>(count: number, call: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, i) => call(i)))
const stockOf = async (id: number) => (await readProduct(service.shop, id)).stock_quantity
const ledgerOf = async (id: number) => {
  const [sum] =
    await service.sql`select sum(delta)::bigint as total, min(balance) as lowest, count(*) as count
    from stock_movements where product_id = ${id}`
  return sum
}

test('forty twins of one order take its stock once and get the same answer', async () => {
  const { product_id } = await addProduct(service.shop)
  const order = randomUUID()
  const answers = await times(40, () => take(order, [{ product_id, quantity: 3 }]))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.deepEqual(new Set(answers.map(({ text }) => text)).size, 1)
  assert.equal(answers[0]?.body.verdict, 'held')
  assert.equal(await stockOf(product_id), 7)
})

test('of two hundred orders for fifty units fifty get one, and the stock is zero', async () => {
  const { product_id } = await addProduct(service.shop, { stock_quantity: 50 })
  const answers = await times(200, () => take(randomUUID(), [{ product_id, quantity: 1 }]))
  const count = (verdict: string) => answers.filter(({ body }) => body.verdict === verdict).length
  assert.deepEqual([count('held'), count('rejected')], [50, 150])
  assert.equal(await stockOf(product_id), 0)
  assert.deepEqual({ ...(await ledgerOf(product_id)) }, { total: 0, lowest: 0, count: 51 })
})

test('orders that name the same products in opposite order do not wait in a circle', async () => {
  const products = await times(4, () => addProduct(service.shop, { stock_quantity: 1000 }))
  const lines = products.map(({ product_id }) => ({ product_id, quantity: 1 }))
  const answers = await times(120, (i) => take(randomUUID(), i % 2 ? lines : lines.toReversed()))
  assert.deepEqual(new Set(answers.map(({ body }) => body.verdict)), new Set(['held']))
  for (const { product_id } of products) assert.equal(await stockOf(product_id), 880)
})

test('orders, cancellations and adjustments at once leave a ledger that adds up', async () => {
  const products = await times(3, () => addProduct(service.shop, { stock_quantity: 500 }))
  const lines = products.map(({ product_id }) => ({ product_id, quantity: 2 }))
  const answers = await times(90, async (i) => {
    const order = randomUUID()
    const taken = await take(order, i % 2 ? lines : lines.toReversed())
    if (i % 3 === 0) return service.orders.delete(path(order))
    const { product_id } = products[i % 3] ?? { product_id: 0 }
    await service.shop.post(`/products/${product_id}/stock-adjustments`, { delta: 1, reason: 'found' })
    return taken
  })
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  const adjusted = [0, 30, 30]
  for (const [i, { product_id }] of products.entries()) {
    const expected = 500 - 60 * 2 + (adjusted[i] ?? 0)
    assert.equal(await stockOf(product_id), expected)
    assert.equal((await ledgerOf(product_id))?.total, expected)
  }
})

test('a late request for stock and an abandonment agree on one verdict', async () => {
  const { product_id } = await addProduct(service.shop, { stock_quantity: 100 })
  let held = 0
  for (let i = 0; i < 30; i++) {
    const order = randomUUID()
    const calls = [
      () => take(order, [{ product_id, quantity: 1 }]),
      () => service.orders.put(`${path(order)}/abandonment`),
    ]
    const [one, two] = await Promise.all((i % 2 ? calls : calls.reverse()).map((call) => call()))
    assert.deepEqual(one?.body, two?.body)
    held += one?.body.verdict === 'held' ? 1 : 0
  }
  assert.equal(await stockOf(product_id), 100 - held)
})

test('a late request for stock and a release never leave stock held', async () => {
  const { product_id } = await addProduct(service.shop, { stock_quantity: 100 })
  await times(30, async (i) => {
    const order = randomUUID()
    const calls = [() => take(order, [{ product_id, quantity: 1 }]), () => service.orders.delete(path(order))]
    await Promise.all((i % 2 ? calls : calls.reverse()).map((call) => call()))
    assert.match((await service.orders.delete(path(order))).body.verdict, /^(void|released)$/)
  })
  assert.equal(await stockOf(product_id), 100)
})
