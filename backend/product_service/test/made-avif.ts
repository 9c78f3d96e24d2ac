/** An item of an AVIF: a coded picture, or (with `parts`) one that is put together from others, numbered from 1. */
export type AvifItem = {
  type: 'av01' | 'grid' | 'iovl'
  data: Buffer
  properties: Buffer[]
  refers?: { as: string; to: number[] }
}

/** The AV1 data of a still AVIF that has one item, with what a decoder is told about it. */
export function codedItem(avif: Buffer, width: number, height: number): AvifItem {
  const at = avif.indexOf('av1C') - 4
  const settings = avif.subarray(at, at + avif.readUInt32BE(at))
  const data = avif.subarray(avif.indexOf('mdat') + 4)
  return { type: 'av01', data, properties: [settings, sizeProperty(width, height)] }
}

/** A picture of columns × rows tiles. What it says about its size is what it is given, true or not. */
export function grid(
  columns: number,
  rows: number,
  width: number,
  height: number,
  tiles: number[],
): AvifItem {
  const data = Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), uint32(width), uint32(height)])
  return { type: 'grid', data, properties: [sizeProperty(width, height)], refers: { as: 'dimg', to: tiles } }
}

/** The item as the transparency of the first one. */
export function asAlpha({ data, properties }: AvifItem): AvifItem {
  const kind = fullBox('auxC', 0, Buffer.from('urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0'))
  return { type: 'av01', data, properties: [...properties, kind], refers: { as: 'auxl', to: [1] } }
}

/** An AVIF that shows its first item. */
export function avifOf(items: AvifItem[]): Buffer {
  // Places in the file depend on how long its head is, and that on no place.
  const head = headOf(items, headOf(items, 0).length + 8)
  return Buffer.concat([head, box('mdat', ...items.map(({ data }) => data))])
}

function headOf(items: AvifItem[], dataAt: number): Buffer {
  let at = dataAt
  const places = items.map(({ data }, n) => {
    const place = Buffer.concat([uint16(n + 1), uint16(0), uint16(1), uint32(at), uint32(data.length)])
    at += data.length
    return place
  })
  const kinds = items.map(({ type }, n) =>
    fullBox('infe', 2, uint16(n + 1), uint16(0), Buffer.from(type), Buffer.alloc(1)),
  )
  const references = items.flatMap(({ refers }, n) =>
    refers ? [box(refers.as, uint16(n + 1), uint16(refers.to.length), ...refers.to.map(uint16))] : [],
  )
  let properties = 0
  const owners = items.map((item, n) => {
    const own = item.properties.map(() => Buffer.from([++properties]))
    return Buffer.concat([uint16(n + 1), Buffer.from([own.length]), ...own])
  })
  return Buffer.concat([
    box('ftyp', Buffer.from('avif\0\0\0\0mif1avifmiaf')),
    fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, uint32(0), Buffer.from('pict'), Buffer.alloc(13)),
      fullBox('pitm', 0, uint16(1)),
      fullBox('iloc', 0, uint16(0x4400), uint16(items.length), ...places),
      fullBox('iinf', 0, uint16(items.length), ...kinds),
      ...(references.length > 0 ? [fullBox('iref', 0, ...references)] : []),
      box(
        'iprp',
        box('ipco', ...items.flatMap((item) => item.properties)),
        fullBox('ipma', 0, uint32(items.length), ...owners),
      ),
    ),
  ])
}

function sizeProperty(width: number, height: number): Buffer {
  return fullBox('ispe', 0, uint32(width), uint32(height))
}

function fullBox(type: string, version: number, ...content: Buffer[]): Buffer {
  return box(type, uint32(version << 24), ...content)
}

function box(type: string, ...content: Buffer[]): Buffer {
  const bytes = Buffer.concat(content)
  return Buffer.concat([uint32(bytes.length + 8), Buffer.from(type, 'latin1'), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255])
}
