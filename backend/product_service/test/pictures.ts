import { crc32 } from 'node:zlib'
import type { Answer, Client } from '@tallyshop/service-kit/test-support/http'
import sharp from 'sharp'

/** A picture that does not compress away: grey noise, the same for the same size. */
export function noise(width: number, height: number) {
  const pixels = Buffer.alloc(width * height)
  let state = 1
  for (let i = 0; i < pixels.length; i++) {
    state = (state * 48_271) % 2_147_483_647
    pixels[i] = state
  }
  return sharp(pixels, { raw: { width, height, channels: 1 } }).toColourspace('srgb')
}

/** A PNG of one colour, which is quickly made whatever its size. */
export function plain(width: number, height: number, background = 'teal'): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()
}

/** The PNG as an animation of one frame: an `acTL` chunk after the header says so. */
export function animated(png: Buffer): Buffer {
  const chunk = Buffer.alloc(20)
  chunk.writeUInt32BE(8, 0)
  chunk.write('acTL', 4)
  chunk.writeUInt32BE(1, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 16)), 16)
  const header = 33
  return Buffer.concat([png.subarray(0, header), chunk, png.subarray(header)])
}

/** A form with one file, as a browser sends it. */
export function fileForm(
  bytes: Buffer | string,
  type: string,
  { field = 'file', name = 'photo' } = {},
): FormData {
  const form = new FormData()
  form.set(field, new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)], { type }), name)
  return form
}

export function upload(shop: Client, productId: number, bytes: Buffer, type = 'image/jpeg'): Promise<Answer> {
  return shop.post(`/products/${productId}/upload-image`, fileForm(bytes, type))
}
