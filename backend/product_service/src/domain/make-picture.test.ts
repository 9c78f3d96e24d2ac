import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import { InvalidPicture } from './errors.ts'
import { makePicture } from './make-picture.ts'

const red = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } })

describe('a picture', () => {
  test('is made anew in both sizes', async () => {
    const { main, thumbnail } = await makePicture(await red(2000, 500).jpeg().toBuffer())
    const sizes = await Promise.all([main, thumbnail].map((bytes) => sharp(bytes).metadata()))
    assert.deepEqual(
      sizes.map(({ format, width, height, space }) => [format, width, height, space]),
      [
        ['webp', 1600, 400, 'srgb'],
        ['webp', 480, 120, 'srgb'],
      ],
    )
  })

  test('keeps what is transparent transparent', async () => {
    const glass = { r: 0, g: 0, b: 0, alpha: 0 }
    const png = await sharp({ create: { width: 9, height: 9, channels: 4, background: glass } })
      .png()
      .toBuffer()
    assert.equal((await sharp((await makePicture(png)).main).stats()).isOpaque, false)
  })

  test('of print colours comes out in those of screens', async () => {
    const { main } = await makePicture(await red(20, 20).toColourspace('cmyk').jpeg().toBuffer())
    const { dominant } = await sharp(main).stats()
    assert.ok(dominant.r > 180 && dominant.g < 90 && dominant.b < 90, JSON.stringify(dominant))
  })
})

describe('what is no picture that we take', () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
  test('is refused by its content before anything decodes it', async () => {
    for (const bytes of [svg, Buffer.alloc(0), Buffer.from('GIF89a'), await red(9, 9).tiff().toBuffer()]) {
      await assert.rejects(makePicture(bytes), InvalidPicture)
    }
    await assert.rejects(makePicture(svg), {
      reason: 'The file is not a JPEG, PNG, GIF, WebP or AVIF picture.',
    })
  })

  test('is refused when it is damaged or too large', async () => {
    const jpeg = await red(400, 400).jpeg().toBuffer()
    await assert.rejects(makePicture(jpeg.subarray(0, jpeg.length - 50)), {
      reason: 'The picture is damaged and cannot be read.',
    })
    await assert.rejects(makePicture(await red(25_001, 1_000).png().toBuffer()), {
      reason: 'The picture has more than 25 megapixels.',
    })
  })
})
