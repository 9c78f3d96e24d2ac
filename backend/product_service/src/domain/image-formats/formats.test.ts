import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import sharp from 'sharp'
import { asAlpha, avifOf, codedItem, grid } from '../../../test/made-avif.ts'
import { manyFrames, manyScans, withSegment } from '../../../test/made-files.ts'
import { countDecodedPixels } from './avif.ts'
import { countScans } from './jpeg.ts'
import { countFrames } from './webp.ts'

const red = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } })

describe('the scans of a JPEG', () => {
  test('are counted whatever is around them', async () => {
    const baseline = await red(64, 64).jpeg().toBuffer()
    const progressive = await red(64, 64).jpeg({ progressive: true }).toBuffer()
    assert.equal(countScans(baseline), 1)
    const own = countScans(progressive)
    assert.ok(own > 1)
    assert.equal(countScans(manyScans(progressive, 500)), own + 500)
    const fake = Buffer.from('ffda0003'.repeat(300), 'hex')
    assert.equal(countScans(withSegment(baseline, 0xe1, fake)), 1, 'inside a segment')
    assert.equal(countScans(Buffer.concat([baseline, fake])), 1, 'behind the end')
    for (let length = 0; length < progressive.length; length += 7) {
      assert.ok(countScans(progressive.subarray(0, length)) <= own)
    }
  })
})

describe('the frames of a WebP', () => {
  test('are counted, whatever is cut off', async () => {
    const frames = await Promise.all([red(9, 9), red(9, 9).negate()].map((frame) => frame.png().toBuffer()))
    const animation = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer()
    assert.equal(countFrames(await red(9, 9).webp().toBuffer()), 0)
    assert.equal(countFrames(animation), 2)
    assert.equal(countFrames(manyFrames(animation, 700)), 700)
    for (let length = 0; length < animation.length; length += 1) countFrames(animation.subarray(0, length))
  })
})

describe('the pixels of an AVIF', () => {
  const item = async (width: number, height: number) =>
    codedItem(await red(width, height).avif({ effort: 0 }).toBuffer(), width, height)

  test('are those of what it is made from', async () => {
    const [small, large] = [await item(10, 10), await item(100, 50)]
    for (const [pixels, file] of [
      [100, avifOf([small])],
      [5000, avifOf([small, asAlpha(large)])],
      [5000, avifOf([grid(1, 1, 10, 10, [2]), large])],
      [20_000, avifOf([grid(2, 2, 10, 10, [2, 2, 2, 2]), large])],
      [10_000, avifOf([grid(2, 1, 10, 10, [2, 2]), grid(1, 1, 10, 10, [3]), large])],
      [1_000_000, avifOf([grid(1, 1, 1000, 1000, [2]), small])],
    ] as const) {
      assert.equal(countDecodedPixels(file), pixels)
    }
    assert.equal(countDecodedPixels(await red(30, 20).ensureAlpha(0.5).avif({ effort: 0 }).toBuffer()), 600)
  })

  test('are without end where nobody can tell', async () => {
    const small = await item(10, 10)
    const file = avifOf([small])
    for (const strange of [
      avifOf([grid(1, 1, 10, 10, [2]), grid(1, 1, 10, 10, [1])]),
      avifOf([grid(1, 1, 10, 10, [2]), grid(1, 1, 10, 10, [2])]),
      avifOf([grid(1, 1, 10, 10, [7]), small]),
      avifOf([{ ...small, type: 'iovl' }]),
      file.subarray(0, 100),
      Buffer.alloc(0),
    ]) {
      assert.equal(countDecodedPixels(strange), Number.POSITIVE_INFINITY)
    }
  })
})
