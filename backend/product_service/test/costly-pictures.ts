import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import sharp from 'sharp'
import { asAlpha, avifOf, codedItem, grid } from './made-avif.ts'
import { blackPng, gif } from './made-files.ts'
import { noise } from './pictures.ts'

const file = new URL(import.meta.url).pathname

/** The pictures that cost a decoder most, made in a process that takes with it the memory which that costs. */
export async function costlyPictures(): Promise<Buffer[]> {
  const maker = fork(file, ['make'], { serialization: 'advanced', execArgv: [], timeout: 60_000 })
  const exit = once(maker, 'exit')
  const [made] = await Promise.race([once(maker, 'message'), exit])
  assert.ok(Array.isArray(made), 'the process that makes pictures failed')
  await exit
  return made.map((picture) => Buffer.from(picture))
}

async function make(): Promise<Buffer[]> {
  const pixels = { create: { width: 5000, height: 5000, channels: 3, background: 'teal' } } as const
  const small = codedItem(await noise(100, 100).avif({ effort: 0 }).toBuffer(), 100, 100)
  const huge = codedItem(await sharp(pixels).avif({ effort: 0 }).toBuffer(), 5000, 5000)
  return [
    await sharp(pixels).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    blackPng(16_383, 1525, { depth: 16, colour: 6 }),
    blackPng(5000, 5000, { depth: 16, colour: 6, interlaced: true }),
    gif(5000, 5000, { frame: [5000, 5000] }),
    await sharp({ create: { ...pixels.create, width: 4032, height: 3024 } })
      .avif({ effort: 0 })
      .toBuffer(),
    avifOf([grid(2, 2, 100, 100, [2, 3, 4, 5]), huge, huge, huge, huge]),
    avifOf([small, asAlpha(huge)]),
  ]
}

if (process.argv[1] === file && process.argv[2] === 'make') {
  const pictures = await make()
  process.send?.(pictures)
}
