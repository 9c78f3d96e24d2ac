import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addProduct, teapot } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
before(async () => {
  service = await startScratchService()
})
after(() => service.stop())

const calls = (id: string | number) =>
  [
    ['GET', `/products/${id}`],
    ['PUT', `/products/${id}`, { price: 1 }],
    ['DELETE', `/products/${id}`],
    ['POST', `/products/${id}/stock-adjustments`, { delta: 1, reason: 'found' }],
    ['GET', `/products/${id}/stock-movements`],
    ['POST', `/products/${id}/upload-image`, new FormData()],
  ] as const

test('a product is read with an entity tag, and an unchanged one answered with 304', async () => {
  const { product_id: id } = await addProduct(service.shop)
  const first = await service.shop.get(`/products/${id}`)
  const again = await service.shop.get(`/products/${id}`, { 'if-none-match': String(first.headers.etag) })
  assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', first.headers.etag])
})

test('an edit, an adjustment and an order each change the entity tag', async () => {
  const { product_id: id } = await addProduct(service.shop)
  const tags = [(await service.shop.get(`/products/${id}`)).headers.etag]
  const lines = [{ product_id: id, quantity: 1 }]
  for (const change of [
    () => service.shop.put(`/products/${id}`, { name: 'Kettle' }),
    () => service.shop.post(`/products/${id}/stock-adjustments`, { delta: 5, reason: 'found' }),
    () => service.orders.put(`/internal/allocations/${crypto.randomUUID()}`, { lines }),
  ]) {
    assert.equal((await change()).status, 200)
    const { status, headers } = await service.shop.get(`/products/${id}`, {
      'if-none-match': String(tags.at(-1)),
    })
    assert.equal(status, 200)
    tags.push(headers.etag)
  }
  assert.equal(new Set(tags).size, 4)
})

test('what cannot be an id is no product, at every address', async () => {
  const ids = ['abc', '0', '-1', '1.5', '2147483648', '1e3', '%00', '9'.repeat(300), 'null', ' '.repeat(1)]
  for (const id of ids.map((id) => id.replaceAll(' ', '%20'))) {
    for (const [method, path, body] of calls(id)) {
      const answer = await service.shop.send(method, path, body)
      assert.deepEqual([answer.status, answer.body.detail], [404, 'Product not found'], `${method} ${path}`)
    }
  }
})

test('a deleted product is gone from every address and from the list', async () => {
  const [gone, stays] = [await addProduct(service.shop, { name: 'Gone' }), await addProduct(service.shop)]
  const deleted = await service.shop.delete(`/products/${gone.product_id}`)
  assert.deepEqual([deleted.status, deleted.text], [204, ''])
  for (const [method, path, body] of calls(gone.product_id)) {
    const { status, body: problem } = await service.shop.send(method, path, body)
    assert.deepEqual([status, problem.code], [404, 'product_not_found'], `${method} ${path}`)
  }
  assert.deepEqual((await service.shop.get('/products?search=Gone')).body, [])
  assert.equal((await service.shop.get(`/products/${stays.product_id}`)).status, 200)
})

test('a delete sent twice is 204 and then 404', async () => {
  const { product_id: id } = await addProduct(service.shop)
  assert.equal((await service.shop.delete(`/products/${id}`)).status, 204)
  assert.equal((await service.shop.delete(`/products/${id}`)).status, 404)
})

test('of two deletes at once one succeeds', async () => {
  const { product_id: id } = await addProduct(service.shop)
  const both = await Promise.all([1, 2].map(() => service.shop.delete(`/products/${id}`)))
  assert.deepEqual(both.map(({ status }) => status).sort(), [204, 404])
})

test('the id of a deleted product is not given again', async () => {
  const { product_id: id } = await addProduct(service.shop)
  await service.shop.delete(`/products/${id}`)
  assert.ok((await addProduct(service.shop)).product_id > id)
})

test('a delete that says application/json and sends nothing is a delete all the same', async () => {
  const { product_id: id } = await addProduct(service.shop, teapot)
  const { status } = await service.shop.delete(`/products/${id}`, { 'content-type': 'application/json' })
  assert.equal(status, 204)
})
