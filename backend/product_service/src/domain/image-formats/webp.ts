/** How many frames a WebP has as an animation, 0 for a still: opening one takes the square of their number. */
export function countFrames(file: Buffer): number {
  let frames = 0
  for (let at = 12; at + 8 <= file.length; at = endOfChunk(file, at)) {
    if (file.toString('latin1', at, at + 4) === 'ANMF') frames += 1
  }
  return frames
}

/** Chunks begin at even places. */
function endOfChunk(file: Buffer, at: number): number {
  const length = file.readUInt32LE(at + 4)
  return at + 8 + length + (length % 2)
}
