import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import type { ContainerClient } from '@azure/storage-blob'
import { noise, upload } from './pictures.ts'
import { addProduct, type ShownProduct } from './products.ts'
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
  photo = await noise(300, 200).jpeg().toBuffer()
})
after(async () => {
  await service.stop()
  await container.deleteIfExists()
})

/** Begins an upload of 10 MB, and sends no more than its beginning. */
function beginUpload(): Socket {
  const socket = connect(Number(new URL(service.shop.url).port), '127.0.0.1')
  socket.on('error', () => {})
  const path = `/products/${product.product_id}/upload-image`
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n`
  const part =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: image/jpeg\r\n\r\n'
  socket.write(`${head}Content-Type: multipart/form-data; boundary=x\r\n\r\n${part}`)
  socket.write(photo)
  return socket
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('a sender that stops in the middle', { concurrency: true }, () => {
  test('is told 408 and hung up on, and who waited behind it comes next', async () => {
    const start = performance.now()
    const stalled = Array.from({ length: 4 }, beginUpload)
    await pause(300)
    const waiting = upload(service.shop, product.product_id, Buffer.concat([photo, Buffer.alloc(9_000_000)]))
    const said = await Promise.all(stalled.map((socket) => text(socket)))
    for (const answer of said.slice(0, 3)) {
      assert.match(answer, /^HTTP\/1.1 408/)
      assert.match(answer, /"code":"request_timeout"/)
      assert.match(answer, /connection: close/i)
    }
    assert.ok(performance.now() - start < 29_000)
    assert.equal((await waiting).status, 200)
  })
})

test('a sender that goes away makes room at once', async () => {
  const stalled = Array.from({ length: 4 }, beginUpload)
  await pause(300)
  const start = performance.now()
  const waiting = upload(service.shop, product.product_id, Buffer.concat([photo, Buffer.alloc(9_000_000)]))
  await pause(300)
  for (const socket of stalled) socket.destroy()
  assert.equal((await waiting).status, 200)
  assert.ok(performance.now() - start < 8_000, 'it did not wait for a time-out')
  const errors = service.logLines.filter((line) => JSON.parse(line).level >= 50)
  assert.deepEqual(errors, [])
})
