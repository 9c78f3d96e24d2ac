import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { plain, upload } from './pictures.ts'
import { addProduct, readProduct, type ShownProduct } from './products.ts'
import { type ScratchService, scratchStorage, startScratchService } from './scratch-service.ts'

const storage = scratchStorage()
let service: ScratchService
let photo: Buffer
before(async () => {
  service = await startScratchService({ blobStorage: storage.blobStorage })
  photo = await plain(60, 40)
})
after(async () => {
  await service.stop()
  await storage.container.deleteIfExists()
})

const withPicture = async (): Promise<ShownProduct> => {
  const { product_id } = await addProduct(service.shop)
  const { status, body } = await upload(service.shop, product_id, photo, 'image/png')
  assert.equal(status, 200)
  return body
}
const put = (id: number, body: object) => service.shop.put(`/products/${id}`, body)
const rowBytes = async (id: number) =>
  (await service.sql`select xmin::text, products::text from products where product_id = ${id}`)[0]

describe('the address of an uploaded picture', () => {
  test('opens that blob for reading and nothing else', async () => {
    const [one, two] = [await withPicture(), await withPicture()]
    const url = new URL(String(one.image_url))
    assert.equal((await fetch(url)).status, 200)
    assert.deepEqual([url.searchParams.get('sp'), url.searchParams.get('sr')], ['r', 'b'])
    const other = new URL(String(two.image_url))
    other.search = url.search
    assert.equal((await fetch(other)).status, 403)
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 403)
    url.search = ''
    assert.ok((await fetch(url)).status >= 400)
  })

  test('lives between half of and the whole configured life, and is the same while it may be cached', async () => {
    const { product_id, image_url } = await withPicture()
    const expiresAt = Date.parse(String(new URL(String(image_url)).searchParams.get('se')))
    const { urlLifeMs } = storage.blobStorage
    const lifeMs = expiresAt - Date.now()
    assert.ok(lifeMs >= urlLifeMs / 2 - 2_000 && lifeMs <= urlLifeMs, String(lifeMs))
    await sleep(1_100)
    assert.equal((await readProduct(service.shop, product_id)).image_url, image_url)
  })

  test('is in the list as it is at the product', async () => {
    const product = await withPicture()
    const { body } = await service.shop.get(`/products?after=${product.product_id - 1}&limit=1`)
    assert.deepEqual(body, [product])
  })
})

describe('a picture that comes back in an edit', () => {
  test('as it was read is the same picture, and the row keeps every byte', async () => {
    const { product_id: id, ...product } = await withPicture()
    const row = await rowBytes(id)
    const answer = await put(id, product)
    assert.deepEqual([answer.status, answer.body], [200, { product_id: id, ...product }])
    assert.deepEqual(await rowBytes(id), row)
  })

  test('through the front, without its signature or percent-encoded is still the same', async () => {
    const { product_id: id, image_url } = await withPicture()
    const row = await rowBytes(id)
    const { pathname, search } = new URL(String(image_url))
    const blob = pathname.slice(`/${storage.blobStorage.accountName}`.length)
    for (const url of [
      `http://localhost:3000/blobs${blob}${search}`,
      `http://localhost:3000/blobs${blob}`,
      `http://localhost:3000/blobs${blob.replace('products/', 'products%2F').replace('webp', '%77ebp')}`,
    ]) {
      assert.equal((await put(id, { image_url: url })).status, 200, url)
      assert.deepEqual(await rowBytes(id), row)
    }
  })

  test('of another product, of another size or of no product is 422, and changes nothing', async () => {
    const [one, two] = [await withPicture(), await withPicture()]
    const row = await rowBytes(one.product_id)
    const { product_id } = await addProduct(service.shop)
    for (const [id, image_url] of [
      [one.product_id, two.image_url],
      [one.product_id, one.thumbnail_url],
      [product_id, one.image_url],
    ] as const) {
      const { status, body } = await put(id, { image_url, name: 'not saved' })
      assert.deepEqual([status, body.detail[0].loc], [422, ['body', 'image_url']])
    }
    const created = await service.shop.post('/products', {
      name: 'x',
      price: 1,
      stock_quantity: 0,
      image_url: one.image_url,
    })
    assert.equal(created.status, 422)
    assert.deepEqual(await rowBytes(one.product_id), row)
  })

  test('as null takes it away', async () => {
    const { product_id } = await withPicture()
    const { body } = await put(product_id, { image_url: null })
    assert.deepEqual([body.image_url, body.thumbnail_url], [null, null])
  })

  test('from elsewhere is kept as it is, and its server is not asked', async () => {
    const { product_id } = await addProduct(service.shop)
    for (const image_url of [
      'http://127.0.0.1:1/products/1/x.webp?sig=abc%2F#f',
      'https://cdn.example/product-images/products/1/2.webp',
      'HTTPS://Pictures.Example:443/A B.jpg'.replace(' ', '%20'),
    ]) {
      const { status, body } = await put(product_id, { image_url })
      assert.deepEqual([status, body.image_url, body.thumbnail_url], [200, image_url, null])
    }
  })
})

test('an address of seconds is refused when they are over, a fresh read opens, and the tag has changed', async () => {
  const { blobStorage } = storage
  const brief = await startScratchService({ blobStorage: { ...blobStorage, urlLifeMs: 3_000 } })
  try {
    const { product_id } = await addProduct(brief.shop)
    await upload(brief.shop, product_id, photo, 'image/png')
    const path = `/products/${product_id}`
    const first = await brief.shop.get(path)
    const list = await brief.shop.get('/products')
    assert.equal((await fetch(first.body.image_url)).status, 200)
    await sleep(4_100)
    assert.equal((await fetch(first.body.image_url)).status, 403)
    const fresh = await brief.shop.get(path, { 'if-none-match': String(first.headers.etag) })
    assert.equal(fresh.status, 200)
    assert.equal((await fetch(fresh.body.image_url)).status, 200)
    const listed = await brief.shop.get('/products', { 'if-none-match': String(list.headers.etag) })
    assert.equal(listed.status, 200)
    const stale = await brief.shop.put(path, { image_url: first.body.image_url })
    assert.equal(stale.status, 200, 'an expired address still means the same picture')
  } finally {
    await brief.stop()
  }
})

test('a container is recognised under a path of the same name', async () => {
  const { blobStorage, container } = scratchStorage()
  const publicEndpoint = `http://localhost:3000/${blobStorage.containerName}`
  const other = await startScratchService({ blobStorage: { ...blobStorage, publicEndpoint } })
  try {
    const { product_id } = await addProduct(other.shop)
    const { body } = await upload(other.shop, product_id, photo, 'image/png')
    const again = await other.shop.put(`/products/${product_id}`, { image_url: body.image_url })
    assert.deepEqual(again.body, body)
  } finally {
    await other.stop()
    await container.deleteIfExists()
  }
})

test('no signature is in the database or in a line of the log', async () => {
  await withPicture()
  await service.shop.get('/products?search=sig')
  await service.shop.get(`/products/x?sig=${'a'.repeat(43)}`)
  const rows = await service.sql`select products::text from products where products::text ~ '[?&](sig|se|sp)='
    and image_stem is not null`
  assert.equal(rows.length, 0)
  assert.ok(service.logLines.length > 20)
  const telling = service.logLines.filter(
    (line) =>
      /sig=|AccountKey|SharedKey/i.test(line) || line.includes(String(storage.blobStorage.accountKey)),
  )
  assert.deepEqual(telling, [])
})
