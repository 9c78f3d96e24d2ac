import fc, { type Arbitrary } from 'fast-check'
import sharp from 'sharp'

/** A multipart body and the statuses it may be answered with by a product that is there. */
export type Upload = { type: string; body: Buffer; only: number[]; about: string }

type Part = { field?: string; filename?: string; type: string; bytes: Buffer }

/** Small pictures that are fine, files that are none, and forms that are not what they say. */
export async function makeUploads(): Promise<Arbitrary<Upload>> {
  const png = await grey().png().toBuffer()
  const good = [
    { type: 'image/png', bytes: png },
    { type: 'image/jpeg', bytes: await grey().jpeg().toBuffer() },
    { type: 'image/gif', bytes: await grey().gif().toBuffer() },
    { type: 'image/webp', bytes: await grey().webp().toBuffer() },
    { type: 'image/avif', bytes: await grey().avif({ effort: 0 }).toBuffer() },
    { type: 'image/jpeg', filename: '../../etc/\0passwd', bytes: png },
  ].map((part) => ofPart(part, [200], `${part.type}`))
  const bad = [
    ofPart({ type: 'image/png', bytes: Buffer.alloc(0) }, [422], 'no bytes'),
    ofPart({ type: 'image/png', bytes: png.subarray(0, png.length / 2) }, [422], 'half a picture'),
    ofPart(
      { type: 'image/png', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') },
      [422],
      'SVG',
    ),
    ofPart(
      { type: 'image/gif', bytes: Buffer.from('GIF89a<script>alert(1)</script>') },
      [422],
      'GIF and script',
    ),
    ofPart({ type: 'image/png', bytes: pixelBomb(png) }, [422], 'a header of 65535 by 65535 pixels'),
    ofPart({ type: 'image/svg+xml', bytes: png }, [400], 'another declared type'),
    ofPart({ type: '', bytes: png }, [400], 'no declared type'),
    ofPart({ type: 'image/png', field: 'picture', bytes: png }, [400], 'another field'),
    ofPart({ type: 'image/png', field: '__proto__', bytes: png }, [400], '__proto__'),
    {
      ...ofPart({ type: 'image/png', bytes: png }, [400], ''),
      type: 'multipart/form-data',
      about: 'no boundary',
    },
    {
      ...ofPart({ type: 'image/png', bytes: png }, [415, 422], ''),
      type: 'application/json',
      about: 'JSON, it says',
    },
    {
      ...ofPart({ type: 'image/png', bytes: png }, [400], ''),
      type: `${formType}x`,
      about: 'another boundary',
    },
    cut(ofPart({ type: 'image/png', bytes: png }, [400], 'a form without an end'), 40),
    cut(ofPart({ type: 'image/png', bytes: png }, [400], 'a form that ends in a header'), png.length + 80),
    { type: formType, body: Buffer.from(`--${boundary}--\r\n`), only: [400], about: 'an empty form' },
    { type: formType, body: Buffer.alloc(0), only: [400], about: 'no form' },
    {
      type: formType,
      body: Buffer.concat(Array(20).fill(field('a'))),
      only: [400, 413],
      about: 'twenty fields',
    },
  ]
  return fc.oneof(fc.constantFrom(...good), fc.constantFrom(...bad))
}

const boundary = 'x-fuzz-boundary'
const formType = `multipart/form-data; boundary=${boundary}`

function ofPart(
  { field = 'file', filename = 'a.png', type, bytes }: Part,
  only: number[],
  about: string,
): Upload {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${field}"; filename="${filename}"\r\n`
  const body = Buffer.concat([
    Buffer.from(`${head}${type && `Content-Type: ${type}\r\n`}\r\n`),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ])
  return { type: formType, body, only, about }
}

function field(name: string): Buffer {
  return Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nx\r\n`)
}

function cut(upload: Upload, bytes: number): Upload {
  return { ...upload, body: upload.body.subarray(0, -bytes) }
}

function grey() {
  return sharp({ create: { width: 12, height: 8, channels: 3, background: 'grey' } })
}

/** The width and height that a PNG claims, in the chunk behind its signature. */
function pixelBomb(png: Buffer): Buffer {
  const bomb = Buffer.from(png)
  bomb.writeUInt32BE(65_535, 16)
  bomb.writeUInt32BE(65_535, 20)
  return bomb
}
