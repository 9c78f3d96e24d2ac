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
