import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { raw } from '@tallyshop/service-kit/postgres'
import { addProduct, readProduct } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
before(async () => {
  service = await startScratchService()
})
after(() => service.stop())

const adjust = (id: number, body: object) => service.shop.post(`/products/${id}/stock-adjustments`, body)
const movements = async (id: number, query = '') =>
  service.shop.get(`/products/${id}/stock-movements${query}`)

describe('an adjustment', () => {
  test('changes the stock and says why', async () => {
    const { product_id: id } = await addProduct(service.shop, { stock_quantity: 10 })
    const { status, body } = await adjust(id, { delta: -3, reason: ' Three broke ' })
    assert.deepEqual([status, body.stock_quantity], [200, 7])
    const { movement_id, created_at, ...movement } = (await movements(id)).body[0]
    assert.ok(movement_id > 0 && Date.parse(created_at) > 0)
    const reason = 'Three broke'
    assert.deepEqual(movement, { delta: -3, reason, order_uid: null, actor: 'staff', balance: 7 })
  })

  test('sent twice counts twice: it is a number of things that happened', async () => {
    const { product_id: id } = await addProduct(service.shop, { stock_quantity: 10 })
    for (const stock of [12, 14])
      assert.equal((await adjust(id, { delta: 2, reason: 'found' })).body.stock_quantity, stock)
  })

  test('below zero or above the limit is refused and changes nothing', async () => {
    const { product_id: id } = await addProduct(service.shop, { stock_quantity: 10 })
    for (const delta of [-11, 999_999_991]) {
      const { status, body } = await adjust(id, { delta, reason: 'x' })
      assert.deepEqual([status, body.code, body.available], [409, 'stock_out_of_range', 10])
    }
    assert.equal((await readProduct(service.shop, id)).stock_quantity, 10)
    assert.equal((await movements(id)).body.length, 1)
    assert.equal((await adjust(id, { delta: 999_999_990, reason: 'x' })).body.stock_quantity, 1_000_000_000)
    assert.equal((await adjust(id, { delta: -1_000_000_000, reason: 'x' })).body.stock_quantity, 0)
  })

  test('of nothing, of a fraction, of too much or without a reason is 422', async () => {
    const { product_id: id } = await addProduct(service.shop)
    for (const [body, field, msg] of [
      [{ delta: 0, reason: 'x' }, 'delta', 'Input should not be 0'],
      [{ delta: '1', reason: 'x' }, 'delta', 'Input should be a valid integer'],
      [{ delta: 1e10, reason: 'x' }, 'delta', 'Input should be less than or equal to 1000000000'],
      [{ delta: 1 }, 'reason', 'Field required'],
      [{ delta: 1, reason: '  ' }, 'reason', 'String should have at least 1 character'],
      [{ delta: 1, reason: 'x'.repeat(256) }, 'reason', 'String should have at most 255 characters'],
    ] as const) {
      const answer = await adjust(id, body)
      assert.equal(answer.status, 422)
      assert.deepEqual([answer.body.detail[0].loc[1], answer.body.detail[0].msg], [field, msg])
    }
  })

  test('lowers a stock that cancelled orders brought above the limit', async () => {
    const { product_id: id } = await addProduct(service.shop)
    await service.sql`update products set stock_quantity = 1000000005 where product_id = ${id}`
    assert.equal((await adjust(id, { delta: 1, reason: 'x' })).status, 409)
    assert.equal((await adjust(id, { delta: -1, reason: 'x' })).body.stock_quantity, 1_000_000_004)
  })

  test('a hundred at once are a hundred', async () => {
    const { product_id: id } = await addProduct(service.shop, { stock_quantity: 0 })
    await Promise.all(Array.from({ length: 100 }, () => adjust(id, { delta: 1, reason: 'counted' })))
    assert.equal((await readProduct(service.shop, id)).stock_quantity, 100)
    const balances = (await movements(id)).body.map(({ balance }: { balance: number }) => balance)
    assert.deepEqual(
      balances,
      Array.from({ length: 100 }, (_, i) => 100 - i),
    )
  })
})

describe('the ledger', () => {
  test('is paged by its movements, newest first, to the end', async () => {
    const { product_id: id } = await addProduct(service.shop, { stock_quantity: 1 })
    for (let i = 0; i < 4; i++) await adjust(id, { delta: 1, reason: `step ${i}` })
    const balances: number[] = []
    let query = '?limit=2'
    for (let page = 1; page <= 3; page++) {
      const { body, headers } = await movements(id, query)
      balances.push(...body.map(({ balance }: { balance: number }) => balance))
      query = String(headers.link).match(/<(.*)>/)?.[1] ?? 'end'
    }
    assert.deepEqual([balances, query], [[5, 4, 3, 2, 1], 'end'])
  })

  test('a page of it that cannot be is 422', async () => {
    const { product_id: id } = await addProduct(service.shop)
    for (const query of ['?limit=0', '?limit=101', '?after=x', '?limit=1&limit=2']) {
      assert.equal((await movements(id, query)).status, 422, query)
    }
  })

  test('sums up to the stock of every product (I2)', async () => {
    const wrong = await service.sql`
      select product_id from products left join stock_movements using (product_id)
      where stock_quantity <= 1000000000 group by product_id, stock_quantity
      having coalesce(sum(delta), 0) <> stock_quantity`
    assert.deepEqual([...wrong], [])
  })

  test('cannot be changed or shortened, not even by a statement', async () => {
    await addProduct(service.shop)
    for (const statement of [
      'update stock_movements set delta = 1',
      'delete from stock_movements',
      'truncate stock_movements',
    ]) {
      await assert.rejects(service.sql`${raw(statement)}`, /append-only/)
    }
  })
})
