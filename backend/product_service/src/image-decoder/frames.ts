import type { Writable } from 'node:stream'

/** Messages over a pipe: a length in four bytes, then that many bytes. Resolves when all of them are on their way. */
export function writeFrames(pipe: Writable, frames: Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve())
    for (const [n, frame] of frames.entries()) {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(frame.length)
      pipe.write(length)
      pipe.write(frame, n === frames.length - 1 ? done : undefined)
    }
  })
}

/** The messages that come over a pipe, each in a buffer of its own, until it ends; one that is cut short is none. */
export async function* readFrames(pipe: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const length = Buffer.alloc(4)
  let filling = length
  let filled = 0
  for await (const piece of pipe) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.copy(filling, filled, at)
      at += taken
      filled += taken
      if (filled < filling.length) break
      filled = 0
      if (filling !== length) yield filling
      const isNext = filling === length && length.readUInt32BE() > 0
      if (filling === length && !isNext) yield Buffer.alloc(0)
      filling = isNext ? Buffer.allocUnsafeSlow(length.readUInt32BE()) : length
    }
  }
}
