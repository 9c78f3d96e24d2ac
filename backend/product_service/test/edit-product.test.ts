import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '@tallyshop/service-kit/test-support/http'
import { addProduct, readProduct, type ShownProduct } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
before(async () => {
  service = await startScratchService()
})
after(() => service.stop())

const elsewhere = 'https://pictures.example/one.jpg'
const full = { description: 'Blue', image_url: elsewhere }
const put = (id: number, body: object, headers?: Record<string, string>) =>
  service.shop.put(`/products/${id}`, body, headers)
const rowBytes = async (id: number) =>
  (await service.sql`select xmin::text, products::text from products where product_id = ${id}`)[0]

describe('an edit', () => {
  test('changes the fields that are sent and no others', async () => {
    const before = await addProduct(service.shop, full)
    const { status, body } = await put(before.product_id, { price: 30.05 })
    assert.equal(status, 200)
    const { updated_at, ...rest } = body
    const { updated_at: never, ...old } = before
    assert.equal(never, null)
    assert.ok(Date.parse(updated_at) >= Date.parse(before.created_at))
    assert.deepEqual(rest, { ...old, price: 30.05 })
    assert.deepEqual(await readProduct(service.shop, before.product_id), body)
  })

  test('with null clears the description and the picture, and nothing else can be cleared', async () => {
    const { product_id: id } = await addProduct(service.shop, full)
    const cleared = (await put(id, { description: null, image_url: null })).body
    assert.deepEqual([cleared.description, cleared.image_url], [null, null])
    for (const field of ['name', 'price', 'stock_quantity']) {
      const { status, body } = await put(id, { [field]: null, description: 'not saved' })
      assert.equal(status, 422, field)
      assert.deepEqual(body.detail[0].loc, ['body', field])
    }
    assert.equal((await readProduct(service.shop, id)).description, null)
  })

  test('of exactly what was read changes nothing, not a byte of the row', async () => {
    const { product_id: id } = await addProduct(service.shop, full)
    const { body, headers } = await service.shop.get(`/products/${id}`)
    const row = await rowBytes(id)
    const answer = await put(id, body)
    assert.deepEqual([answer.status, answer.body], [200, body])
    assert.deepEqual(await rowBytes(id), row)
    assert.equal((await put(id, {})).headers.etag, headers.etag)
    assert.deepEqual(await rowBytes(id), row)
    assert.equal((await service.sql`select from stock_movements where product_id = ${id}`).length, 1)
  })

  test('sent twice leaves what it left the first time', async () => {
    const { product_id: id } = await addProduct(service.shop)
    const first = await put(id, { name: 'Kettle', stock_quantity: 3 })
    const second = await put(id, { name: 'Kettle', stock_quantity: 3 })
    assert.deepEqual(second.body, first.body)
    assert.equal(second.headers.etag, first.headers.etag)
  })

  test('of the stock enters the ledger with its difference', async () => {
    const { product_id: id } = await addProduct(service.shop, { stock_quantity: 10 })
    await put(id, { stock_quantity: 4 })
    const { body } = await service.shop.get(`/products/${id}/stock-movements?limit=1`)
    const { delta, balance, reason, actor } = body[0]
    assert.deepEqual([delta, balance, reason, actor], [-6, 4, 'edit', 'staff'])
  })

  test('of a product that is not there is 404, with a bad body 422', async () => {
    assert.equal((await put(2_147_483_647, { price: 1 })).status, 404)
    assert.equal((await put(2_147_483_647, { price: 0 })).status, 422)
  })
})

describe('If-Match', () => {
  const withTag = async (fields?: Partial<ShownProduct>) => {
    const { product_id: id } = await addProduct(service.shop, fields)
    const { headers } = await service.shop.get(`/products/${id}`)
    return { id, etag: String(headers.etag) }
  }

  test('lets an edit through while the product is as it was read', async () => {
    const { id, etag } = await withTag()
    const first = await put(id, { price: 2 }, { 'if-match': etag })
    assert.equal(first.status, 200)
    const second = await put(id, { price: 3 }, { 'if-match': `"x", W/${first.headers.etag}` })
    assert.equal(second.status, 200)
    assert.equal((await put(id, { price: 4 }, { 'if-match': '*' })).status, 200)
  })

  test('stops an edit when a staff edit came between, and says so', async () => {
    const { id, etag } = await withTag()
    await put(id, { price: 2 })
    const { status, body } = await put(id, { price: 3 }, { 'if-match': etag })
    assert.deepEqual([status, body.code], [412, 'product_changed'])
    assert.equal((await readProduct(service.shop, id)).price, 2)
  })

  test('lets an edit through when only an order moved the stock, unless it sets the stock', async () => {
    const { id, etag } = await withTag()
    const lines = [{ product_id: id, quantity: 1 }]
    await service.orders.put(`/internal/allocations/${crypto.randomUUID()}`, { lines })
    assert.equal((await put(id, { stock_quantity: 50 }, { 'if-match': etag })).status, 412)
    const renamed = await put(id, { name: 'Kettle' }, { 'if-match': etag })
    assert.deepEqual([renamed.status, renamed.body.stock_quantity], [200, 9])
  })

  test('stops an edit by the tag of another product or of nothing', async () => {
    const [one, two] = [await withTag(), await withTag()]
    assert.equal((await put(one.id, { price: 2 }, { 'if-match': two.etag })).status, 412)
    assert.equal((await put(one.id, { price: 2 }, { 'if-match': '"nonsense"' })).status, 412)
    assert.equal((await put(2_147_483_647, { price: 2 }, { 'if-match': one.etag })).status, 404)
  })

  test('of twenty edits of what all have read, one gets through', async () => {
    const { id, etag } = await withTag()
    let edits: Promise<Answer>[] = []
    await service.sql.begin(async (tx) => {
      await tx`select from products where product_id = ${id} for update`
      edits = Array.from({ length: 20 }, (_, i) => put(id, { price: i + 100 }, { 'if-match': etag }))
      await sleep(200)
    })
    const statuses = (await Promise.all(edits)).map(({ status }) => status)
    assert.deepEqual(statuses.sort(), [200, ...Array(19).fill(412)])
  })
})
