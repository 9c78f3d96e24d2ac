const startOfScan = 0xda
const endOfImage = 0xd9

/**
 * How many scans a JPEG's picture is spread over: a decoder walks the whole picture once for each, however few bytes it
 * has. Counts what is there of a damaged file, and no other JPEG inside or behind it.
 */
export function countScans(file: Buffer): number {
  let scans = 0
  let at = 2
  for (;;) {
    at = file.indexOf(0xff, at)
    const marker = file[at + 1]
    if (at < 0 || marker === undefined || marker === endOfImage) return scans
    if (marker === startOfScan) scans += 1
    at += hasLength(marker) && at + 4 <= file.length ? 2 + file.readUInt16BE(at + 2) : 1
  }
}

/** Fill bytes, escaped bytes of a scan's data and restart markers stand alone; other segments say how long they are. */
function hasLength(marker: number): boolean {
  return marker > 0x01 && marker !== 0xff && !(marker >= 0xd0 && marker <= 0xd8)
}
