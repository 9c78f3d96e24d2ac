import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startTcpProxy, type TcpProxy } from '@tallyshop/service-kit/test-support/tcp-proxy'
import { plain, upload } from './pictures.ts'
import { addProduct, readProduct } from './products.ts'
import { blobNames, type ScratchService, scratchStorage, startScratchService } from './scratch-service.ts'

const { blobStorage, container } = scratchStorage()
const rowBytes = async ({ sql }: ScratchService, id: number) =>
  (await sql`select xmin::text, products::text from products where product_id = ${id}`)[0]

describe('storage that cannot be reached', () => {
  let service: ScratchService
  let proxy: TcpProxy
  before(async () => {
    const { hostname, port, pathname } = new URL(blobStorage.endpoint)
    proxy = await startTcpProxy(hostname, Number(port))
    const endpoint = `http://127.0.0.1:${proxy.port}${pathname}`
    service = await startScratchService({ blobStorage: { ...blobStorage, endpoint } })
  })
  after(async () => {
    await service.stop()
    await proxy.close()
    await container.deleteIfExists()
  })

  test('makes an upload 503, leaves the row and its picture, and the next upload works when it is back', async () => {
    const { product_id } = await addProduct(service.shop)
    const photo = await plain(30, 20)
    proxy.cut()
    const row = await rowBytes(service, product_id)
    const refused = await upload(service.shop, product_id, photo, 'image/png')
    assert.deepEqual([refused.status, refused.body.code], [503, 'storage_unavailable'])
    assert.equal(refused.headers['retry-after'], '5')
    assert.deepEqual(await rowBytes(service, product_id), row)
    assert.equal((await service.shop.get('/products')).status, 200, 'the shop goes on')
    proxy.restore()
    const { status, body } = await upload(service.shop, product_id, photo, 'image/png')
    assert.equal(status, 200)
    assert.equal((await fetch(body.image_url)).status, 200)
    proxy.cut()
    assert.equal((await upload(service.shop, product_id, photo, 'image/png')).status, 503)
    assert.deepEqual(await readProduct(service.shop, product_id), body)
    proxy.restore()
    assert.equal((await blobNames(container)).length, 2)
  })

  test('is logged with its cause and without a credential', () => {
    const errors = service.logLines.map((line) => JSON.parse(line)).filter(({ level }) => level === 50)
    assert.equal(errors.length, 2)
    assert.equal(errors[0].msg, 'storage_unavailable')
    assert.match(errors[0].err.causes.join(), /ECONNRESET|ECONNREFUSED|socket hang up/)
    assert.doesNotMatch(service.logLines.join(''), /sig=|SharedKey/)
  })
})

describe('no storage configured', () => {
  let service: ScratchService
  before(async () => {
    service = await startScratchService()
  })
  after(() => service.stop())

  test('makes an upload 503 and is no reason not to be ready', async () => {
    const { product_id } = await addProduct(service.shop)
    const { status, body } = await upload(service.shop, product_id, await plain(30, 20), 'image/png')
    assert.deepEqual([status, body.code], [503, 'storage_unavailable'])
    assert.equal((await upload(service.shop, 4711, await plain(30, 20), 'image/png')).status, 404)
    assert.equal((await service.shop.get('/readyz')).status, 200)
  })

  test('keeps the pictures of before through a PUT of what is shown', async () => {
    const { product_id: id } = await addProduct(service.shop)
    const stem = `products/${id}/${crypto.randomUUID()}`
    await service.sql`update products set image_stem = ${stem} where product_id = ${id}`
    const shown = await readProduct(service.shop, id)
    assert.equal(shown.image_url, null)
    const row = await rowBytes(service, id)
    assert.equal((await service.shop.put(`/products/${id}`, shown)).status, 200)
    assert.deepEqual(await rowBytes(service, id), row)
    const url = 'https://pictures.example/a.jpg'
    assert.equal((await service.shop.put(`/products/${id}`, { image_url: url })).body.image_url, url)
  })
})
