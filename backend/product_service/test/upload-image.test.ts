import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ContainerClient } from '@azure/storage-blob'
import sharp from 'sharp'
import { animated, fileForm, noise, plain, upload } from './pictures.ts'
import { addProduct, readProduct } from './products.ts'
import { blobNames, type ScratchService, scratchStorage, startScratchService } from './scratch-service.ts'

let service: ScratchService
let container: ContainerClient
before(async () => {
  const storage = scratchStorage()
  container = storage.container
  service = await startScratchService({ blobStorage: storage.blobStorage })
})
after(async () => {
  await service.stop()
  await container.deleteIfExists()
})

const open = async (url: string | null) => {
  const answer = await fetch(String(url))
  assert.equal(answer.status, 200, String(url))
  const bytes = Buffer.from(await answer.arrayBuffer())
  return { headers: answer.headers, bytes, picture: await sharp(bytes).metadata() }
}

describe('an uploaded picture', () => {
  const types = [
    ['image/jpeg', () => noise(600, 300).jpeg().toBuffer()],
    ['image/png', () => noise(600, 300).png().toBuffer()],
    ['image/gif', () => noise(600, 300).gif().toBuffer()],
    ['image/webp', () => noise(600, 300).webp().toBuffer()],
    ['image/avif', () => noise(600, 300).avif({ effort: 0 }).toBuffer()],
  ] as const
  for (const [type, encode] of types) {
    test(`of type ${type} is stored as WebP in both sizes`, async () => {
      const { product_id } = await addProduct(service.shop)
      const { status, body, headers } = await upload(service.shop, product_id, await encode(), type)
      assert.equal(status, 200, JSON.stringify(body))
      assert.deepEqual(await readProduct(service.shop, product_id), body)
      assert.equal((await service.shop.get(`/products/${product_id}`)).headers.etag, headers.etag)
      const [main, thumbnail] = [await open(body.image_url), await open(body.thumbnail_url)]
      assert.deepEqual([main.picture.format, main.picture.width, main.picture.height], ['webp', 600, 300])
      const small = thumbnail.picture
      assert.deepEqual([small.format, small.width, small.height], ['webp', 480, 240])
    })
  }

  test('may be an animated PNG', async () => {
    const { product_id } = await addProduct(service.shop)
    const { status, body } = await upload(
      service.shop,
      product_id,
      animated(await plain(600, 300)),
      'image/png',
    )
    assert.equal(status, 200, JSON.stringify(body))
  })

  test('is made smaller to 1600 and 480 pixels, never larger', async () => {
    const { product_id } = await addProduct(service.shop)
    for (const [given, main, small] of [
      [
        [2000, 1000],
        [1600, 800],
        [480, 240],
      ],
      [
        [1000, 2000],
        [800, 1600],
        [240, 480],
      ],
      [
        [20, 10],
        [20, 10],
        [20, 10],
      ],
    ] as const) {
      const { body } = await upload(service.shop, product_id, await plain(given[0], given[1]), 'image/png')
      const sizes = [(await open(body.image_url)).picture, (await open(body.thumbnail_url)).picture]
      assert.deepEqual(
        sizes.map(({ width, height }) => [width, height]),
        [main, small],
      )
    }
  })

  test('may be cached for ever: its name is never used again', async () => {
    const { product_id } = await addProduct(service.shop)
    const photo = await noise(40, 30).png().toBuffer()
    const [first, second] = [
      await upload(service.shop, product_id, photo, 'image/png'),
      await upload(service.shop, product_id, photo, 'image/png'),
    ]
    const { headers } = await open(second.body.image_url)
    assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal(headers.get('content-type'), 'image/webp')
    assert.notEqual(new URL(first.body.image_url).pathname, new URL(second.body.image_url).pathname)
    await open(first.body.image_url)
    const own = (await blobNames(container)).filter((name) => name.startsWith(`products/${product_id}/`))
    assert.equal(own.length, 4)
    for (const name of own) assert.match(name, /^products\/\d+\/[\da-f-]{36}-(1600|480)\.webp$/)
  })

  test('stands upright and has no place, camera or owner in it', async () => {
    const { product_id } = await addProduct(service.shop)
    const exif = { IFD0: { Copyright: 'somebody', Model: 'camera' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } }
    const photo = await noise(300, 200).withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    const given = await sharp(photo).metadata()
    assert.ok(given.exif && given.orientation === 6 && given.width === 300)
    const { body } = await upload(service.shop, product_id, photo)
    for (const url of [body.image_url, body.thumbnail_url]) {
      const { bytes, picture } = await open(url)
      assert.deepEqual([picture.width, picture.height], [200, 300])
      const { exif, xmp, iptc, icc, orientation } = picture
      assert.deepEqual(
        { exif, xmp, iptc, icc, orientation },
        { exif: undefined, xmp: undefined, iptc: undefined, icc: undefined, orientation: undefined },
      )
      assert.ok(!bytes.includes('somebody') && !bytes.includes('EXIF'))
    }
  })

  test('is what its bytes say, whichever picture type was declared, and whatever its name', async () => {
    const { product_id } = await addProduct(service.shop)
    for (const name of ['../../../etc/passwd', 'a\u0000b.png', '"; drop', '🫖'.repeat(200)]) {
      const form = fileForm(await noise(30, 20).png().toBuffer(), 'image/jpeg', { name })
      assert.equal((await service.shop.post(`/products/${product_id}/upload-image`, form)).status, 200, name)
    }
    assert.ok((await blobNames(container)).every((name) => name.startsWith('products/')))
  })

  test('of an animation is its first frame', async () => {
    const frames = await Promise.all(
      ['red', 'blue'].map((background) =>
        sharp({ create: { width: 50, height: 50, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    )
    const animation = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer()
    assert.equal((await sharp(animation).metadata()).pages, 2)
    const { product_id } = await addProduct(service.shop)
    const { body } = await upload(service.shop, product_id, animation, 'image/gif')
    const { bytes, picture } = await open(body.image_url)
    assert.deepEqual([picture.pages ?? 1, picture.height], [1, 50])
    const { dominant } = await sharp(bytes).stats()
    assert.ok(dominant.r > 200 && dominant.b < 60)
  })

  test('replaces an address elsewhere, and an address elsewhere replaces it', async () => {
    const image_url = 'https://pictures.example/a.jpg'
    const { product_id } = await addProduct(service.shop, { image_url })
    const { body } = await upload(service.shop, product_id, await noise(30, 20).jpeg().toBuffer())
    assert.notEqual(body.image_url, image_url)
    const back = (await service.shop.put(`/products/${product_id}`, { image_url })).body
    assert.deepEqual([back.image_url, back.thumbnail_url], [image_url, null])
  })
})

test('the same photograph on two products: one deleted, the other opens', async () => {
  const photo = await noise(300, 200).jpeg().toBuffer()
  const [one, two] = [await addProduct(service.shop), await addProduct(service.shop)]
  await upload(service.shop, one.product_id, photo)
  await upload(service.shop, two.product_id, photo)
  assert.equal((await service.shop.delete(`/products/${one.product_id}`)).status, 204)
  await open((await readProduct(service.shop, two.product_id)).image_url)
})

test('sixty uploads at once are a hundred and twenty blobs, and each opens', async () => {
  const before = (await blobNames(container)).length
  const photo = await plain(640, 480)
  const products = await Promise.all(Array.from({ length: 60 }, () => addProduct(service.shop)))
  const answers = await Promise.all(
    products.map(({ product_id }) => upload(service.shop, product_id, photo, 'image/png')),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.equal((await blobNames(container)).length - before, 120)
  const urls = answers.flatMap(({ body }) => [body.image_url, body.thumbnail_url])
  assert.equal(new Set(urls).size, 120)
  await Promise.all(urls.map(open))
})
