import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { addProduct, readProduct } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
before(async () => {
  service = await startScratchService()
})
after(() => service.stop())

type Line = { product_id: number; quantity: number; expected_price?: number }

const path = (order: string) => `/internal/allocations/${order}`
const take = async (order: string, ...lines: Line[]) => {
  const { status, body } = await service.orders.put(path(order), { lines })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}
const giveBack = async (order: string) => (await service.orders.delete(path(order))).body
const abandon = async (order: string) => (await service.orders.put(`${path(order)}/abandonment`)).body
const stockOf = async (id: number) => (await readProduct(service.shop, id)).stock_quantity
const movementsOf = (order: string) =>
  service.sql`select product_id, delta, reason, balance from stock_movements where order_uid = ${order} order by 1, 2`

describe('taking the stock of an order', () => {
  test('takes every line at the price and under the name of the moment', async () => {
    const [one, two] = [
      await addProduct(service.shop, { name: 'Cup', price: 2.5 }),
      await addProduct(service.shop),
    ]
    const order = randomUUID()
    const lines = [
      { product_id: two.product_id, quantity: 1 },
      { product_id: one.product_id, quantity: 4, expected_price: 2.5 },
    ]
    const verdict = await take(order, ...lines)
    assert.deepEqual(verdict, {
      verdict: 'held',
      lines: [
        { product_id: one.product_id, quantity: 4, unit_price: 2.5, name: 'Cup' },
        { product_id: two.product_id, quantity: 1, unit_price: 24.9, name: 'Teapot' },
      ],
    })
    assert.deepEqual([await stockOf(one.product_id), await stockOf(two.product_id)], [6, 9])
    await service.shop.put(`/products/${one.product_id}`, { name: 'Mug', price: 9 })
    assert.deepEqual(await take(order, ...lines), verdict)
    assert.equal(await stockOf(one.product_id), 6)
    assert.deepEqual(
      [...(await movementsOf(order))].map(({ delta, reason, balance }) => [delta, reason, balance]),
      [
        [-4, 'order', 6],
        [-1, 'order', 9],
      ],
    )
  })

  test('merges lines of one product', async () => {
    const { product_id } = await addProduct(service.shop, { stock_quantity: 5 })
    const lines = [1, 2, 2].map((quantity) => ({ product_id, quantity }))
    const verdict = await take(randomUUID(), ...lines)
    assert.deepEqual(
      verdict.lines.map(({ quantity }: Line) => quantity),
      [5],
    )
    assert.equal(await stockOf(product_id), 0)
  })

  test('takes nothing when one line is short, and names every short line', async () => {
    const [enough, short] = [
      await addProduct(service.shop),
      await addProduct(service.shop, { stock_quantity: 1 }),
    ]
    const order = randomUUID()
    const lines = [enough, short, { product_id: 2_147_483_647 }].map(({ product_id }) => ({
      product_id,
      quantity: 2,
    }))
    const rejected = {
      verdict: 'rejected',
      rejection: {
        code: 'out_of_stock',
        lines: [
          { product_id: short.product_id, wanted: 2, available: 1 },
          { product_id: 2_147_483_647, wanted: 2, available: 0 },
        ],
      },
    }
    assert.deepEqual(await take(order, ...lines), rejected)
    assert.equal(await stockOf(enough.product_id), 10)
    await service.shop.put(`/products/${short.product_id}`, { stock_quantity: 9 })
    assert.deepEqual(await take(order, ...lines), rejected, 'a refusal stands for ever')
    assert.deepEqual([...(await movementsOf(order))], [])
  })

  test('of a deleted product finds none available', async () => {
    const { product_id } = await addProduct(service.shop)
    await service.shop.delete(`/products/${product_id}`)
    const { rejection } = await take(randomUUID(), { product_id, quantity: 1 })
    assert.deepEqual(rejection.lines, [{ product_id, wanted: 1, available: 0 }])
  })

  test('at another price than the buyer saw takes nothing and tells both', async () => {
    const { product_id } = await addProduct(service.shop, { price: 10 })
    for (const expected of [[9.99], [10, 9.99]]) {
      const lines = expected.map((expected_price) => ({ product_id, quantity: 1, expected_price }))
      const { verdict, rejection } = await take(randomUUID(), ...lines)
      assert.equal(verdict, 'rejected')
      assert.deepEqual(rejection, {
        code: 'price_changed',
        lines: [{ product_id, expected: 9.99, current: 10 }],
      })
    }
    assert.equal(await stockOf(product_id), 10)
  })

  test('that is no list of lines is 422, and leaves no verdict', async () => {
    const order = randomUUID()
    const line = { product_id: 1, quantity: 1 }
    for (const body of [
      {},
      { lines: [] },
      { lines: Array(101).fill(line) },
      { lines: [{ ...line, quantity: 0 }] },
      { lines: [{ ...line, quantity: 1.5 }] },
      { lines: [{ ...line, product_id: '1' }] },
      { lines: [{ ...line, expected_price: 0.001 }] },
    ]) {
      assert.equal((await service.orders.put(path(order), body)).status, 422, JSON.stringify(body))
    }
    assert.equal((await service.orders.put(path('not-a-uuid'), { lines: [line] })).status, 404)
    assert.equal((await service.sql`select from allocations where order_uid = ${order}`).length, 0)
  })
})

describe('giving it back', () => {
  test('puts the stock back once, however often it is asked for', async () => {
    const { product_id } = await addProduct(service.shop)
    const order = randomUUID()
    const { lines } = await take(order, { product_id, quantity: 4 })
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(await giveBack(order), { verdict: 'released', lines })
      assert.equal(await stockOf(product_id), 10)
    }
    const moves = [...(await movementsOf(order))].map(({ delta, reason, balance }) => [
      delta,
      reason,
      balance,
    ])
    assert.deepEqual(moves, [
      [-4, 'order', 6],
      [4, 'cancellation', 10],
    ])
    assert.deepEqual(await take(order, { product_id, quantity: 4 }), { verdict: 'released', lines })
    assert.equal(await stockOf(product_id), 10)
  })

  test('puts back what a product lost that was deleted meanwhile', async () => {
    const { product_id } = await addProduct(service.shop)
    const order = randomUUID()
    await take(order, { product_id, quantity: 4 })
    await service.shop.delete(`/products/${product_id}`)
    assert.equal((await giveBack(order)).verdict, 'released')
    const [row] = await service.sql`select stock_quantity from products where product_id = ${product_id}`
    assert.equal(row?.stockQuantity, 10)
  })

  test('of an order never heard of makes sure that it can take none later', async () => {
    const { product_id } = await addProduct(service.shop)
    const order = randomUUID()
    assert.deepEqual(await giveBack(order), { verdict: 'void' })
    assert.deepEqual(await take(order, { product_id, quantity: 1 }), { verdict: 'void' })
    assert.equal(await stockOf(product_id), 10)
  })

  test('of a refused order changes nothing', async () => {
    const { product_id } = await addProduct(service.shop, { stock_quantity: 0 })
    const order = randomUUID()
    const refused = await take(order, { product_id, quantity: 1 })
    assert.deepEqual(await giveBack(order), refused)
    assert.equal(await stockOf(product_id), 0)
  })
})

describe('abandoning', () => {
  test('voids an order that has no verdict, and leaves every other verdict alone', async () => {
    const { product_id } = await addProduct(service.shop, { stock_quantity: 2 })
    const [held, refused, unknown] = [randomUUID(), randomUUID(), randomUUID()]
    const verdicts = [
      [held, await take(held, { product_id, quantity: 2 })],
      [refused, await take(refused, { product_id, quantity: 2 })],
      [unknown, { verdict: 'void' }],
    ] as const
    for (const [order, verdict] of verdicts) {
      for (let i = 0; i < 2; i++) assert.deepEqual(await abandon(order), verdict)
      assert.deepEqual(await take(order, { product_id, quantity: 2 }), verdict)
    }
    assert.equal(await stockOf(product_id), 0)
  })
})
