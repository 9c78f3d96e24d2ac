import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addProduct, teapot } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
before(async () => {
  service = await startScratchService()
})
after(() => service.stop())

test('a product is created with the least that it needs', async () => {
  const { status, body, headers } = await service.shop.post('/products/', teapot)
  assert.equal(status, 201)
  const { product_id, created_at, ...rest } = body
  assert.ok(Number.isInteger(product_id) && product_id > 0)
  assert.ok(Math.abs(Date.now() - Date.parse(created_at)) < 60_000)
  assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  const empty = { description: null, image_url: null, thumbnail_url: null, updated_at: null }
  assert.deepEqual(rest, { ...teapot, ...empty })
  assert.match(String(headers.etag), /^"/)
  assert.deepEqual((await service.shop.get(`/products/${product_id}`)).body, body)
})

test('a product is created with everything that it can have', async () => {
  const fields = {
    name: 'x'.repeat(255),
    description: 'line one\nline two\ttabbed',
    price: 99_999_999.99,
    stock_quantity: 1_000_000_000,
    image_url: 'https://pictures.example/tea pot.jpg?sig=theirs#here'.replace(' ', '%20'),
  }
  const product = await addProduct(service.shop, fields)
  for (const [name, value] of Object.entries(fields)) {
    assert.equal(product[name as keyof typeof fields], value, name)
  }
  assert.equal(product.thumbnail_url, null)
})

test('a product may cost a cent, be out of stock and have emoji in its name', async () => {
  const product = await addProduct(service.shop, { name: '🫖', price: 0.01, stock_quantity: 0 })
  assert.deepEqual([product.name, product.price, product.stock_quantity], ['🫖', 0.01, 0])
})

test('prices come back as they were given, to the cent', async () => {
  for (const price of [0.1, 0.29, 1.005e2, 19.99, 4.35, 1234567.89, 90_000_000.07]) {
    assert.equal((await addProduct(service.shop, { price })).price, price)
  }
})

test('names and descriptions are trimmed and normalised, and lines end one way', async () => {
  const given = { name: '  Cafe\u0301 ', description: '\r\none\r\ntwo\rthree ' }
  const { name, description } = await addProduct(service.shop, given)
  assert.equal(name, 'Caf\u00e9')
  assert.equal(description, 'one\ntwo\nthree')
})

test('fields nobody asked for are dropped', async () => {
  const extra = { ...teapot, product_id: 4711, created_at: 'never', version: 9, role: 'admin' }
  const { status, body } = await service.shop.post('/products/', extra)
  assert.equal(status, 201)
  assert.notEqual(body.product_id, 4711)
  assert.ok(!('role' in body) && !('version' in body))
})

test('the same product sent twice is two products', async () => {
  const [one, two] = [await addProduct(service.shop), await addProduct(service.shop)]
  assert.notEqual(one.product_id, two.product_id)
})

test('the opening stock is the first movement, and no stock is none', async () => {
  const stocked = await addProduct(service.shop, { stock_quantity: 7 })
  const { body } = await service.shop.get(`/products/${stocked.product_id}/stock-movements`)
  assert.deepEqual(
    body.map(({ delta, balance, reason, order_uid }: never) => ({ delta, balance, reason, order_uid })),
    [{ delta: 7, balance: 7, reason: 'opening', order_uid: null }],
  )
  const empty = await addProduct(service.shop, { stock_quantity: 0 })
  assert.deepEqual((await service.shop.get(`/products/${empty.product_id}/stock-movements`)).body, [])
})
