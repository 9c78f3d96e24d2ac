import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ContainerClient } from '@azure/storage-blob'
import { sendRaw } from '@tallyshop/service-kit/test-support/http'
import { fileForm, noise, plain, upload } from './pictures.ts'
import { addProduct, readProduct, type ShownProduct } from './products.ts'
import { type ScratchService, scratchStorage, startScratchService } from './scratch-service.ts'

let service: ScratchService
let container: ContainerClient
let product: ShownProduct
let photo: Buffer
before(async () => {
  const storage = scratchStorage()
  container = storage.container
  service = await startScratchService({ blobStorage: storage.blobStorage })
  product = await addProduct(service.shop)
  photo = await noise(800, 600).jpeg().toBuffer()
})
after(async () => {
  await service.stop()
  await container.deleteIfExists()
})

const send = (form: FormData) => service.shop.post(`/products/${product.product_id}/upload-image`, form)
const padded = (size: number) => Buffer.concat([photo, Buffer.alloc(size - photo.length)])
const largest = 10 * 1024 * 1024

test('a file of another declared type is 400, and the next upload over the same connection works', async () => {
  for (const type of ['image/svg+xml', 'text/html', 'application/pdf', 'image/heic', '']) {
    const { status, body } = await send(fileForm(photo, type))
    assert.deepEqual([status, body.code], [400, 'invalid_file_type'], type)
    assert.equal(body.detail, 'Invalid file type. Only JPEG, PNG, GIF, WebP and AVIF are allowed.')
    assert.equal((await send(fileForm(photo, 'image/jpeg'))).status, 200)
  }
})

test('a form without a file in its field is 400', async () => {
  const [empty, text] = [new FormData(), new FormData()]
  text.set('file', 'only words')
  for (const form of [
    empty,
    text,
    fileForm(photo, 'image/jpeg', { field: 'picture' }),
    fileForm('', 'image/jpeg', { name: '' }),
  ]) {
    const { status, body } = await send(form)
    assert.deepEqual([status, body.code], [400, 'no_file'])
  }
  assert.equal((await send(fileForm(photo, 'image/jpeg'))).status, 200)
})

test('a form that cannot be read is 400', async () => {
  const path = `/products/${product.product_id}/upload-image`
  const cut =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: image/jpeg\r\n\r\nabc'
  for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x']) {
    const { status, body } = await service.shop.post(path, cut, { 'content-type': type })
    assert.deepEqual([status, body.code], [400, 'unreadable_form'], type)
  }
})

test('no body is no file, and a body that is no form is 415', async () => {
  const path = `/products/${product.product_id}/upload-image`
  const none = await service.shop.post(path)
  assert.deepEqual([none.status, none.body.code], [400, 'no_file'])
  for (const type of ['application/json', 'application/octet-stream', 'image/png']) {
    const answer = await service.shop.post(path, '{"file":"x"}', { 'content-type': type })
    assert.deepEqual([answer.status, answer.body.code], [415, 'unsupported_media_type'], type)
  }
})

test('a file of 10 MB is taken, and of a byte more is 413', async () => {
  assert.equal((await send(fileForm(padded(largest), 'image/jpeg'))).status, 200)
  for (const size of [largest + 1, 2 * largest]) {
    const { status, body } = await send(fileForm(padded(size), 'image/jpeg'))
    assert.deepEqual([status, body.code], [413, 'file_too_large'])
  }
})

test('bytes that are no whole picture of these types are 422', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
  const tiff = await noise(30, 20).tiff().toBuffer()
  const png = await noise(800, 600).png().toBuffer()
  for (const [bytes, why] of [
    [svg, /is not a JPEG/],
    ['<html><img src=x></html>', /is not a JPEG/],
    ['', /is not a JPEG/],
    [tiff, /is not a JPEG/],
    [photo.subarray(0, photo.length / 2), /is damaged/],
    [png.subarray(0, png.length - 100), /is damaged/],
    [Buffer.concat([png.subarray(0, 5000), Buffer.alloc(5000), png.subarray(10_000)]), /is damaged/],
  ] as const) {
    const { status, body } = await send(fileForm(bytes, 'image/png'))
    assert.deepEqual([status, body.code], [422, 'invalid_picture'])
    assert.match(body.detail, why)
  }
})

test('a picture of 25 megapixels is taken, and a larger one is 422', async () => {
  assert.equal((await send(fileForm(await plain(5000, 5000), 'image/png'))).status, 200)
  const { status, body } = await send(fileForm(await plain(5001, 5000), 'image/png'))
  assert.deepEqual([status, body.detail], [422, 'The picture has more than 25 megapixels.'])
})

test('a picture for no product is 404, however large', async () => {
  const { status, body } = await upload(service.shop, 4711, padded(largest))
  assert.deepEqual([status, body.code], [404, 'product_not_found'])
})

test('a sender that goes away leaves nothing behind and is no error of ours', async () => {
  const head = `POST /products/${product.product_id}/upload-image HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n`
  const part =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: image/jpeg\r\n\r\n'
  const gone = new Promise<void>((resolve) => setTimeout(resolve, 100))
  const socket = await import('node:net').then(({ connect }) =>
    connect(Number(new URL(service.shop.url).port)),
  )
  socket.write(`${head}Content-Type: multipart/form-data; boundary=x\r\n\r\n${part}abc`)
  await gone
  socket.destroy()
  const said = await sendRaw(
    service.shop.url,
    'GET /products HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  )
  assert.match(said, /^HTTP\/1.1 200/)
  const errors = service.logLines.filter((line) => JSON.parse(line).level >= 50)
  assert.deepEqual(errors, [])
})

test('a refused picture leaves the one that is there', async () => {
  const { body } = await send(fileForm(photo, 'image/jpeg'))
  await send(fileForm('x', 'image/png'))
  await send(fileForm(photo, 'text/plain'))
  assert.deepEqual(await readProduct(service.shop, product.product_id), body)
})
