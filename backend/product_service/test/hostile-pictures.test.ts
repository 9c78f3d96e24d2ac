import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { ContainerClient } from '@azure/storage-blob'
import sharp from 'sharp'
import { asAlpha, avifOf, codedItem, grid } from './made-avif.ts'
import { blackPng, deflatedZeros, gif, manyFrames, manyScans, pngChunk, withSegment } from './made-files.ts'
import { noise, plain, upload } from './pictures.ts'
import { addProduct, readProduct, type ShownProduct } from './products.ts'
import { blobNames, type ScratchService, scratchStorage, startScratchService } from './scratch-service.ts'

let service: ScratchService
let container: ContainerClient
let product: ShownProduct
before(async () => {
  const storage = scratchStorage()
  container = storage.container
  service = await startScratchService({ blobStorage: storage.blobStorage })
  product = await addProduct(service.shop)
})
after(async () => {
  await service.stop()
  await container.deleteIfExists()
})

const send = (bytes: Buffer, type = 'image/png') => upload(service.shop, product.product_id, bytes, type)
const code = async (bytes: Buffer, type?: string) => {
  const { status, body } = await send(bytes, type)
  return status === 200 ? '200' : `${status} ${body.code}: ${body.detail}`
}
const noPicture = '422 invalid_picture: The file is not a JPEG, PNG, GIF, WebP or AVIF picture.'
const damaged = '422 invalid_picture: The picture is damaged and cannot be read.'
const tooLarge = '422 invalid_picture: The picture has more than 25 megapixels.'
const tooLong = '422 invalid_picture: The picture is longer than 16383 pixels on a side.'
const tooMuchMemory =
  '422 invalid_picture: The picture takes too much memory to decode. Make it smaller, or save it as a plain JPEG or PNG.'
const teal = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' }, limitInputPixels: false })

test('a file that is cut short anywhere is 422, and takes nothing of the product', async () => {
  const row = await readProduct(service.shop, product.product_id)
  const wholes = [
    await noise(90, 60).jpeg().toBuffer(),
    await noise(90, 60).jpeg({ progressive: true }).toBuffer(),
    await noise(90, 60).png().toBuffer(),
    await noise(90, 60).gif().toBuffer(),
    await noise(90, 60).webp().toBuffer(),
    await noise(90, 60).webp({ lossless: true }).toBuffer(),
    await noise(90, 60).avif({ effort: 0 }).toBuffer(),
  ]
  for (const [n, whole] of wholes.entries()) {
    for (let tenths = 1; tenths < 10; tenths += 1) {
      const answer = await code(whole.subarray(0, (whole.length * tenths) / 10))
      assert.match(answer, /^422 invalid_picture/, `${n} at ${tenths} tenths`)
    }
  }
  assert.deepEqual(await readProduct(service.shop, product.product_id), row)
  assert.equal(container.containerName.length > 0 && (await container.exists()), false, 'nothing was stored')
})

describe('what is no picture of these types', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
  const brand = (name: string) => Buffer.from(`\0\0\0\x18ftyp${name}\0\0\0\0${name}mif1`, 'latin1')
  const files: [string, Buffer][] = [
    ['SVG', Buffer.from(svg)],
    ['SVG behind an XML prolog', Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${svg}`)],
    ['SVG behind a byte order mark', Buffer.from(`\ufeff${svg}`)],
    ['SVG behind blanks and a comment', Buffer.from(`\n \t<!-- -->${svg}`)],
    ['SVG, gzipped', gzipSync(svg)],
    ['HTML', Buffer.from('<!doctype html><html><img src=x onerror=alert(1)></html>')],
    ['PDF', Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF')],
    ['ICO', Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 22, 0, 0, 0])],
    ['BMP', Buffer.from('BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 'latin1')],
    ['JPEG XL', Buffer.from([0xff, 0x0a, 0, 0, 0, 0, 0, 0])],
    ['JPEG XL in its container', Buffer.from('\0\0\0\x0cJXL \r\n\x87\n', 'latin1')],
    ['JPEG 2000', Buffer.from('\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 ', 'latin1')],
    ['HEIC', brand('heic')],
    ['a video', brand('isom')],
    ['random bytes', Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * n * 31 + 7) & 255))],
    ['zeros', Buffer.alloc(4096)],
    ['one byte', Buffer.from([0xff])],
    ['no byte', Buffer.alloc(0)],
  ]
  for (const [name, bytes] of files) {
    test(`is 422 whatever it is declared as: ${name}`, async () => {
      for (const type of ['image/png', 'image/gif', 'image/avif'])
        assert.equal(await code(bytes, type), noPicture)
    })
  }

  test('is 422: TIFF', async () => assert.equal(await code(await noise(9, 9).tiff().toBuffer()), noPicture))
})

describe('a file that is a picture and something else', () => {
  const marker = 'PLANTED<script>alert(1)</script><?php system(1) ?>'
  const zip = Buffer.concat([
    Buffer.from('PK\x03\x04'),
    Buffer.from(marker),
    Buffer.from('PK\x05\x06'),
    Buffer.alloc(18),
  ])
  const files: [string, () => Promise<Buffer>][] = [
    [
      'a JPEG with a script in its comment',
      async () => withSegment(await noise(9, 9).jpeg().toBuffer(), 0xfe, marker),
    ],
    ['a JPEG with an archive behind', async () => Buffer.concat([await noise(9, 9).jpeg().toBuffer(), zip])],
    ['a PNG with an archive behind', async () => Buffer.concat([await plain(9, 9), zip])],
    [
      'a PNG with a script in a text',
      async () => blackPng(9, 9, { extra: [pngChunk('tEXt', Buffer.from(`Comment\0${marker}`))] }),
    ],
    ['a GIF that is also an archive', async () => Buffer.concat([gif(9, 9), zip])],
    [
      'a GIF with a script in a comment',
      async () =>
        Buffer.concat([
          gif(9, 9).subarray(0, 19),
          Buffer.from([0x21, 0xfe, marker.length]),
          Buffer.from(`${marker}\0`),
          gif(9, 9).subarray(19),
        ]),
    ],
    [
      'a WebP with a page behind',
      async () => Buffer.concat([await noise(9, 9).webp().toBuffer(), Buffer.from(marker)]),
    ],
  ]
  for (const [name, make] of files) {
    test(`is stored as a picture only: ${name}`, async () => {
      const bytes = await make()
      assert.ok(bytes.includes('PLANTED'))
      const { status, body } = await send(bytes)
      assert.equal(status, 200, JSON.stringify(body))
      for (const url of [body.image_url, body.thumbnail_url]) {
        const stored = Buffer.from(await (await fetch(url)).arrayBuffer())
        assert.ok(!stored.includes('PLANTED') && !stored.includes('PK\x03\x04') && !stored.includes('<?php'))
        assert.equal(stored.readUInt32LE(4) + 8, stored.length, 'nothing behind the picture')
        assert.equal((await sharp(stored).metadata()).format, 'webp')
      }
    })
  }

  test('is 422 when it is a picture by its first bytes only', async () => {
    assert.equal(await code(Buffer.from('GIF89a/*<svg/onload=alert(1)>*/=1;alert(1)')), damaged)
  })
})

describe('a picture that means to be too much', () => {
  const cases: [string, string, () => Buffer | Promise<Buffer>][] = [
    [
      'a PNG of 2,500 megapixels in 300 kB',
      tooLarge,
      () => blackPng(50_000, 50_000, { depth: 1, colour: 0 }),
    ],
    ['a PNG of a line over 25 megapixels', tooLarge, () => blackPng(5000, 5001)],
    ['a GIF whose frame is larger than its canvas', tooLarge, () => gif(10, 10, { frame: [60_000, 60_000] })],
    ['a PNG 25,000,000 pixels wide', tooLong, () => blackPng(25_000_000, 1)],
    ['a PNG 100,000 pixels high', tooLong, () => blackPng(1, 100_000)],
    ['a PNG 65,535 pixels wide', tooLong, () => blackPng(65_535, 1)],
    [
      'an interlaced PNG of 200 MB',
      tooMuchMemory,
      () => blackPng(5000, 5000, { depth: 16, colour: 6, interlaced: true }),
    ],
    [
      'a PNG whose profile inflates to 500 MB',
      '200',
      () => blackPng(9, 9, { extra: [pngChunk('iCCP', named('icc\0\0'))] }),
    ],
    [
      'a PNG whose text inflates to 500 MB',
      '200',
      () => blackPng(9, 9, { extra: [pngChunk('zTXt', named('Comment\0\0'))] }),
    ],
    [
      'a PNG whose description inflates to 500 MB',
      '200',
      () => blackPng(9, 9, { extra: [pngChunk('iTXt', named('XML:com.adobe.xmp\0\x01\0\0\0'))] }),
    ],
    ['a GIF of 400,000 frames', '200', () => gif(5000, 5000, { frames: 400_000 })],
  ]
  const named = (name: string) => Buffer.concat([Buffer.from(name, 'latin1'), deflatedZeros(500_000_000)])
  for (const [name, expected, make] of cases) {
    test(`is answered within a second or two: ${name}`, async () => {
      const bytes = await make()
      const start = performance.now()
      assert.equal(await code(bytes), expected)
      assert.ok(performance.now() - start < 8_000)
    })
  }

  test('a JPEG of thousands of scans is refused before it is decoded, and one of some dozen is not', async () => {
    const jpeg = await teal(3000, 2000).jpeg({ progressive: true }).toBuffer()
    assert.equal(await code(manyScans(jpeg, 50)), '200')
    assert.equal(
      await code(manyScans(jpeg, 50_000)),
      '422 invalid_picture: The picture has more than 100 scans.',
    )
  })

  test('a WebP of tens of thousands of frames is refused before it is decoded, and one of thousands is not', async () => {
    const frames = await Promise.all(['red', 'blue'].map((colour) => plain(16, 16, colour)))
    const webp = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer()
    assert.equal(await code(manyFrames(webp, 3_000)), '200')
    assert.equal(
      await code(manyFrames(webp, 90_000)),
      '422 invalid_picture: The animation has more than 10000 frames.',
    )
  })

  test('a picture of 25 megapixels in one format is too much in another', async () => {
    const colours = teal(5000, 4400)
    assert.equal(await code(await colours.clone().jpeg({ progressive: true }).toBuffer()), '200')
    assert.equal(await code(await colours.clone().avif({ effort: 0 }).toBuffer()), tooMuchMemory)
  })

  test('an AVIF that is small, and made from what is huge, is refused before it is decoded', async () => {
    const tile = codedItem(await teal(100, 100).avif({ effort: 0 }).toBuffer(), 100, 100)
    const huge = codedItem(await teal(5000, 4000).avif({ effort: 0 }).toBuffer(), 5000, 4000)
    const lying = codedItem(avifOf([huge]), 100, 100)
    const cases: [string, Buffer][] = [
      ['200', avifOf([tile])],
      ['200', avifOf([grid(2, 2, 200, 200, [2, 3, 4, 5]), tile, tile, tile, tile])],
      [tooMuchMemory, avifOf([grid(2, 2, 100, 100, [2, 3, 4, 5]), huge, huge, huge, huge])],
      [tooMuchMemory, avifOf([grid(2, 2, 100, 100, [2, 2, 2, 2]), huge])],
      [tooMuchMemory, avifOf([tile, asAlpha(huge)])],
      [damaged, avifOf([grid(1, 1, 100, 100, [2]), grid(1, 1, 100, 100, [1])])],
      [damaged, avifOf([{ ...grid(2, 2, 200, 200, [2]), type: 'iovl' }, tile])],
      [damaged, avifOf([lying])],
    ]
    for (const [n, [expected, bytes]] of cases.entries())
      assert.equal(await code(bytes, 'image/avif'), expected, `${n}`)
  })
})

test('after all of it the next picture is taken, the process is the same, and nothing was an error', async () => {
  assert.equal(await code(await plain(9, 9)), '200')
  assert.deepEqual(
    service.logLines.filter((line) => JSON.parse(line).level >= 50),
    [],
  )
  assert.ok(
    (await blobNames(container)).every((name) => /^products\/\d+\/[\da-f-]{36}-(1600|480)\.webp$/.test(name)),
  )
})
