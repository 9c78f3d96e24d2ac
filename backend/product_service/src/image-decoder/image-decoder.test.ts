import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import sharp from 'sharp'
import { ImageDecoder } from './image-decoder.ts'

const decoder = new ImageDecoder()
after(() => decoder.close())

const never = new AbortController().signal
const picture = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
const decoderPid = () => Number(readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8'))
const onLinux = { skip: process.platform !== 'linux' }

test('a decoder that is killed between two pictures costs no picture', onLinux, async () => {
  assert.ok((await decoder.decode(await picture(), never)).main.length > 0)
  const next = await picture()
  process.kill(decoderPid(), 'SIGKILL')
  assert.ok((await decoder.decode(next, never)).main.length > 0)
})

test('a signal ends it at once, and the next picture is decoded', async () => {
  const pixels = { width: 5000, height: 5000, channels: 3, background: 'teal' } as const
  const large = await sharp({ create: pixels }).png({ compressionLevel: 0 }).toBuffer()
  const over = new AbortController()
  const decoding = decoder.decode(large, over.signal)
  const reason = new Error('over')
  setTimeout(() => over.abort(reason), 50)
  const began = performance.now()
  await assert.rejects(decoding, reason)
  assert.ok(performance.now() - began < 1_000)
  assert.ok((await decoder.decode(await picture(), never)).main.length > 0)
})

// Last, because only root could undo it.
test('a service of low priority has a decoder of the same', onLinux, async () => {
  decoder.close()
  for (let round = 0; decoderPid() !== 0; round += 1) {
    assert.ok(round < 500, 'the decoder of before is still there')
    await sleep(20)
  }
  setPriority(15)
  assert.ok((await decoder.decode(await picture(), never)).main.length > 0)
  assert.equal(getPriority(decoderPid()), 15)
})
