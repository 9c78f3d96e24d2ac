export type Box = { type: string; content: Buffer }

/** The boxes of an ISO base media file (ISO/IEC 14496-12), or of one of them. Throws where a length makes no sense. */
export function readBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = []
  for (let at = 0; at < bytes.length; ) {
    const { length, head } = readLength(bytes, at)
    if (length < head || at + length > bytes.length)
      throw new RangeError('A box is longer than what holds it.')
    const type = bytes.toString('latin1', at + 4, at + 8)
    boxes.push({ type, content: bytes.subarray(at + head, at + length) })
    at += length
  }
  return boxes
}

/** The content of the one box of a type. Throws where there is none, or more. */
export function contentOf(boxes: Box[], type: string): Buffer {
  const [box, ...others] = boxes.filter((each) => each.type === type)
  if (!box || others.length > 0) throw new RangeError(`Not one ${type}.`)
  return box.content
}

function readLength(bytes: Buffer, at: number): { length: number; head: number } {
  const length = bytes.readUInt32BE(at)
  if (length === 1) return { length: Number(bytes.readBigUInt64BE(at + 8)), head: 16 }
  return { length: length === 0 ? bytes.length - at : length, head: 8 }
}
