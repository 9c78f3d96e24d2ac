import { type Box, contentOf, readBoxes } from './boxes.ts'

/** A coded picture, or one put together from others: its own size, and the items it is made from. */
type Item = { pixels: number; parts: number[] }

/**
 * The pixels a decoder works through for the picture of an AVIF, or for its transparency, whichever are more. A picture
 * may be put together from others, and a small one from huge ones: its own size says nothing. Infinity where an item is
 * no AV1 picture or grid of them, and for a file that cannot be read so far.
 */
export function countDecodedPixels(file: Buffer): number {
  try {
    const items = readItems(file)
    const seen = new Map<number, number>()
    return Math.max(...[...items.keys()].map((id) => pixelsOf(id, items, seen)))
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** A part counts as often as it is used; what is a part of itself has no end. */
function pixelsOf(id: number, items: Map<number, Item>, seen: Map<number, number>): number {
  const known = seen.get(id)
  if (known !== undefined) return known
  seen.set(id, Number.POSITIVE_INFINITY)
  const { pixels, parts } = items.get(id) ?? { pixels: Number.POSITIVE_INFINITY, parts: [] }
  const inParts = parts.reduce((sum, part) => sum + pixelsOf(part, items, seen), 0)
  seen.set(id, Math.max(pixels, inParts))
  return Math.max(pixels, inParts)
}

/** As ISO/IEC 23008-12 has it: `iinf` names the items, `ipma` gives each its properties of `ipco`, `iref` its parts. */
function readItems(file: Buffer): Map<number, Item> {
  const meta = readBoxes(contentOf(readBoxes(file), 'meta').subarray(4))
  const properties = readBoxes(contentOf(meta, 'iprp'))
  const areas = readBoxes(contentOf(properties, 'ipco')).map(areaOf)
  const parts = readParts(meta)
  const pictures = readPictureIds(contentOf(meta, 'iinf'))
  const sizes = readAssociations(contentOf(properties, 'ipma'))
  return new Map(
    pictures.map((id) => {
      const own = (sizes.get(id) ?? []).map((index) => areas[index - 1] ?? 0)
      return [id, { pixels: Math.max(0, ...own), parts: parts.get(id) ?? [] }]
    }),
  )
}

function areaOf({ type, content }: Box): number {
  return type === 'ispe' ? content.readUInt32BE(4) * content.readUInt32BE(8) : 0
}

const withPixels = ['av01', 'grid', 'tmap']
const withoutPixels = ['Exif', 'mime', 'uri ']

/** Throws at an item of another type: how much its decoder would take is not known here. */
function readPictureIds(iinf: Buffer): number[] {
  const isShort = iinf[0] === 0
  return readBoxes(iinf.subarray(isShort ? 6 : 8)).flatMap(({ content }) => {
    const wide = content[0] === 3 ? 2 : 0
    const id = content.readUIntBE(4, 2 + wide)
    const type = content.toString('latin1', 8 + wide, 12 + wide)
    if (withPixels.includes(type)) return [id]
    if (withoutPixels.includes(type)) return []
    throw new RangeError(`An item of type ${type}.`)
  })
}

/** The parts of each item that is put together from others. */
function readParts(meta: Box[]): Map<number, number[]> {
  if (!meta.some(({ type }) => type === 'iref')) return new Map()
  const iref = contentOf(meta, 'iref')
  const wide = iref[0] === 0 ? 2 : 4
  const parts = new Map<number, number[]>()
  for (const { type, content } of readBoxes(iref.subarray(4))) {
    if (type !== 'dimg') continue
    const id = content.readUIntBE(0, wide)
    const count = content.readUInt16BE(wide)
    const to = Array.from({ length: count }, (_, n) => content.readUIntBE(wide + 2 + n * wide, wide))
    parts.set(id, [...(parts.get(id) ?? []), ...to])
  }
  return parts
}

/** Which properties, counted from 1, each item has. */
function readAssociations(ipma: Buffer): Map<number, number[]> {
  const idBytes = ipma[0] === 0 ? 2 : 4
  const indexBytes = ipma.readUIntBE(1, 3) & 1 ? 2 : 1
  const mask = indexBytes === 2 ? 0x7fff : 0x7f
  const associations = new Map<number, number[]>()
  let at = 8
  for (let left = ipma.readUInt32BE(4); left > 0; left -= 1) {
    const id = ipma.readUIntBE(at, idBytes)
    const count = ipma.readUInt8(at + idBytes)
    at += idBytes + 1
    const indexes = Array.from(
      { length: count },
      (_, n) => ipma.readUIntBE(at + n * indexBytes, indexBytes) & mask,
    )
    associations.set(id, [...(associations.get(id) ?? []), ...indexes])
    at += count * indexBytes
  }
  return associations
}
