import { constants, crc32, deflateRawSync } from 'node:zlib'

/** A zlib stream of so many zeros, made in no time whatever their number: one megabyte's bytes, repeated. */
export function deflatedZeros(size: number): Buffer {
  const piece = 1 << 20
  const whole = deflateRawSync(Buffer.alloc(piece), { level: 9, finishFlush: constants.Z_FULL_FLUSH })
  const rest = deflateRawSync(Buffer.alloc(size % piece), { level: 9 })
  const checksum = uint32((((size % 65_521) << 16) | 1) >>> 0)
  const pieces = Array<Buffer>(Math.floor(size / piece)).fill(whole)
  return Buffer.concat([Buffer.from([0x78, 0xda]), ...pieces, rest, checksum])
}

type PngKind = { depth?: number; colour?: number; interlaced?: boolean; extra?: Buffer[] }

/** A black PNG of any size and kind; `colour` is PNG's own number for it (0 grey, 2 RGB, 6 RGB and alpha). */
export function blackPng(width: number, height: number, kind: PngKind = {}): Buffer {
  const { depth = 8, colour = 2, interlaced = false, extra = [] } = kind
  const header = Buffer.concat([
    uint32(width),
    uint32(height),
    Buffer.from([depth, colour, 0, 0, Number(interlaced)]),
  ])
  const bits = depth * ({ 0: 1, 2: 3, 6: 4 }[colour] ?? 1)
  const passes = interlaced ? adam7(width, height) : [[width, height] as const]
  const lines = passes.map(([w, h]) => (w === 0 ? 0 : h * (1 + Math.ceil((w * bits) / 8))))
  const pixels = deflatedZeros(lines.reduce((sum, length) => sum + length, 0))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    ...extra,
    pngChunk('IDAT', pixels),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

export function pngChunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content])
  return Buffer.concat([uint32(content.length), named, uint32(crc32(named))])
}

function adam7(width: number, height: number): [number, number][] {
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const
  return passes.map(([x, y, dx, dy]) => [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)])
}

/** A GIF of so many frames of one pixel on a canvas of this size, the first of them with `frame`'s size. */
export function gif(width: number, height: number, { frames = 1, frame = [1, 1] } = {}): Buffer {
  const [w = 1, h = 1] = frame
  const screen = Buffer.concat([
    Buffer.from('GIF89a'),
    uint16le(width),
    uint16le(height),
    Buffer.from([0x80, 0, 0, 255, 0, 0, 0, 255, 0]),
  ])
  const picture = (of: Buffer) =>
    Buffer.concat([Buffer.from([0x21, 0xf9, 4, 0, 1, 0, 0, 0, 0x2c, 0, 0, 0, 0]), of, Buffer.from(onePixel)])
  const first = picture(Buffer.concat([uint16le(w), uint16le(h)]))
  const others = Array<Buffer>(frames - 1).fill(picture(Buffer.from([1, 0, 1, 0])))
  return Buffer.concat([screen, first, ...others, Buffer.from([0x3b])])
}

const onePixel = [0, 2, 2, 0x4c, 1, 0]

/** The animated WebP, with its first frame repeated until there are so many. */
export function manyFrames(webp: Buffer, frames: number): Buffer {
  const at = webp.indexOf('ANMF')
  const length = 8 + webp.readUInt32LE(at + 4)
  const frame = webp.subarray(at, at + length + (length % 2))
  const file = Buffer.concat([webp.subarray(0, at), ...Array<Buffer>(frames).fill(frame)])
  file.writeUInt32LE(file.length - 8, 4)
  return file
}

/** The progressive JPEG, with so many further scans that change nothing, and each of which a decoder has to walk through. */
export function manyScans(jpeg: Buffer, scans: number): Buffer {
  const scan = Buffer.from(jpeg.subarray(jpeg.lastIndexOf(Buffer.from([0xff, 0xda])), jpeg.length - 2))
  // Of what was refined down to its last bit, a "first" scan that starts at that bit.
  scan[9] = 0
  return Buffer.concat([jpeg.subarray(0, -2), ...Array<Buffer>(scans).fill(scan), jpeg.subarray(-2)])
}

/** A segment behind the start of a JPEG, such as a comment (0xfe) or an application's data (0xe0 … 0xef). */
export function withSegment(jpeg: Buffer, marker: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content)
  const head = Buffer.from([0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255])
  return Buffer.concat([jpeg.subarray(0, 2), head, bytes, jpeg.subarray(2)])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function uint16le(value: number): Buffer {
  return Buffer.from([value & 255, value >> 8])
}
