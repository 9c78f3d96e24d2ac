import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ContainerClient } from '@azure/storage-blob'
import sharp from 'sharp'
import { avifOf, codedItem, grid } from './made-avif.ts'
import { withSegment } from './made-files.ts'
import { upload } from './pictures.ts'
import { addProduct, type ShownProduct } from './products.ts'
import { type ScratchService, scratchStorage, startScratchService } from './scratch-service.ts'

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

/** Uploads a picture and reads back what is stored as its main size. */
async function stored(bytes: Buffer): Promise<Buffer> {
  const { status, body } = await upload(service.shop, product.product_id, bytes, 'image/png')
  assert.equal(status, 200, JSON.stringify(body))
  return Buffer.from(await (await fetch(body.image_url)).arrayBuffer())
}

/** The colour in the middle of a part of the picture: x and y from 0 to 1. */
async function colourAt(picture: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels
  return [...data.subarray(at, at + 4)]
}

function assertNear(actual: number[], expected: number[], what = ''): void {
  const isNear = expected.every((value, n) => Math.abs(value - (actual[n] ?? Number.NaN)) <= 24)
  assert.ok(isNear, `${what}: ${actual} is not near ${expected}`)
}

const solid = (background: string, channels: 3 | 4 = 3) =>
  sharp({ create: { width: 40, height: 40, channels, background } })
const red = [255, 0, 0, 255]
const blue = [0, 0, 255, 255]

describe('a picture keeps its colours', () => {
  const kinds: [string, () => Promise<Buffer>, number[]][] = [
    ['a progressive JPEG', () => solid('red').jpeg({ progressive: true }).toBuffer(), red],
    ['a JPEG of print colours', () => solid('red').toColourspace('cmyk').jpeg().toBuffer(), [235, 10, 10]],
    ['a grey JPEG', () => solid('#808080').greyscale().jpeg().toBuffer(), [128, 128, 128, 255]],
    ['a PNG of 16 bits', () => solid('red').toColourspace('rgb16').png().toBuffer(), red],
    ['an interlaced PNG', () => solid('red').png({ progressive: true }).toBuffer(), red],
    ['a PNG with a palette', () => solid('red').png({ palette: true }).toBuffer(), red],
    ['a GIF', () => solid('red').gif().toBuffer(), red],
    ['a WebP without loss', () => solid('red').webp({ lossless: true }).toBuffer(), red],
    ['an AVIF of 10 bits', () => solid('red').avif({ bitdepth: 10, effort: 0 }).toBuffer(), red],
    ['an AVIF of 12 bits', () => solid('red').avif({ bitdepth: 12, effort: 0 }).toBuffer(), red],
  ]
  for (const [name, make, expected] of kinds) {
    test(`as ${name}`, async () =>
      assertNear(await colourAt(await stored(await make()), 0.5, 0.5), expected, name))
  }

  test('and what is transparent, grey or in a palette too', async () => {
    const glass = { r: 128, g: 128, b: 128, alpha: 0 }
    const clear = sharp({ create: { width: 40, height: 40, channels: 4, background: glass } })
    for (const png of [
      clear.clone().greyscale().png(),
      clear.clone().png({ palette: true }),
      clear.clone().webp(),
    ]) {
      assert.equal((await colourAt(await stored(await png.toBuffer()), 0.5, 0.5))[3], 0)
    }
  })

  test('as an AVIF of several tiles', async () => {
    const tile = codedItem(await solid('red').avif({ effort: 0 }).toBuffer(), 40, 40)
    const picture = await stored(avifOf([grid(2, 1, 80, 40, [2, 3]), tile, tile]))
    const { width, height } = await sharp(picture).metadata()
    assert.deepEqual([width, height], [80, 40])
    assertNear(await colourAt(picture, 0.75, 0.5), red)
  })

  test('of a wider space, as they look on an ordinary screen', async () => {
    for (const profile of ['p3']) {
      const wide = await solid('#00c800').withIccProfile(profile).png().toBuffer()
      assert.ok((await sharp(wide).metadata()).icc)
      // The numbers of a file with the profile, were they taken for those of sRGB.
      const numbers = [...(await sharp(wide, { ignoreIcc: true }).raw().toBuffer()).subarray(0, 3)]
      assert.ok(Math.abs((numbers[0] ?? 0) - 0) > 40, `${numbers}`)
      assertNear(await colourAt(await stored(wide), 0.5, 0.5), [0, 200, 0, 255], profile)
    }
  })
})

test('a picture of an animation is its first frame', async () => {
  const frames = await Promise.all(['red', 'blue'].map((colour) => solid(colour).png().toBuffer()))
  for (const format of ['gif', 'webp'] as const) {
    const animation = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer()
    const picture = await stored(animation)
    assert.equal((await sharp(picture).metadata()).pages ?? 1, 1)
    assertNear(await colourAt(picture, 0.5, 0.5), red, format)
  }
})

test('a picture stands upright, whichever way the camera was held', async () => {
  // Red above, blue below, when upright; stored as each of EXIF's eight ways would have it.
  const upright = await sharp(await solid('red').extend({ bottom: 40, background: 'blue' }).png().toBuffer())
    .extend({ right: 80, background: 'white' })
    .png()
    .toBuffer()
  const ways = [
    [0, false],
    [0, true],
    [180, false],
    [180, true],
    [90, true],
    [270, false],
    [270, true],
    [90, false],
  ] as const
  for (const [n, [degrees, isMirrored]] of ways.entries()) {
    const orientation = n + 1
    const turned = await sharp(upright).rotate(degrees).png().toBuffer()
    const sideways = await sharp(turned).flop(isMirrored).png().toBuffer()
    const photo = await sharp(sideways).withMetadata({ orientation: orientation }).jpeg().toBuffer()
    const picture = await stored(photo)
    const { width, height } = await sharp(picture).metadata()
    assert.deepEqual([width, height], [120, 80], `${orientation}`)
    assertNear(await colourAt(picture, 0.15, 0.25), red, `${orientation}`)
    assertNear(await colourAt(picture, 0.15, 0.75), blue, `${orientation}`)
    assertNear(await colourAt(picture, 0.85, 0.5), [255, 255, 255, 255], `${orientation}`)
  }
})

test('nothing that a picture says about its maker is stored', async () => {
  const marker = 'PLANTED-52.5200-13.4050'
  const exif = {
    IFD0: { Copyright: marker, Model: marker },
    IFD3: { GPSLatitude: '52/1 31/1 12/1', GPSMapDatum: marker },
  }
  const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="${marker}"/></rdf:RDF></x:xmpmeta>`
  const plain = await solid('red').withExif(exif).withXmp(xmp).withIccProfile('p3').jpeg().toBuffer()
  const iptc = Buffer.concat([
    Buffer.from('Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0', 'latin1'),
    Buffer.from([5 + marker.length, 0x1c, 2, 116, 0, marker.length]),
    Buffer.from(marker),
  ])
  const photo = withSegment(withSegment(plain, 0xed, iptc), 0xfe, marker)
  const given = await sharp(photo).metadata()
  assert.ok(given.exif && given.xmp && given.iptc && given.icc, 'the photograph has all of it')
  for (const picture of [
    photo,
    await sharp(photo).keepMetadata().webp().toBuffer(),
    await sharp(photo).keepMetadata().png().toBuffer(),
    await sharp(photo).keepMetadata().avif({ effort: 0 }).toBuffer(),
  ]) {
    assert.ok(picture.includes(marker))
    const bytes = await stored(picture)
    const { exif, xmp, iptc, icc, comments } = await sharp(bytes).metadata()
    assert.deepEqual([exif, xmp, iptc, icc, comments], Array(5).fill(undefined))
    assert.ok(!bytes.includes('PLANTED') && !bytes.includes('EXIF') && !bytes.includes('ICCP'))
  }
})
