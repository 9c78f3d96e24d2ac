import type { Frames } from './connection.ts'

const known = new Set([...'QPBDECSHFXpdcf'].map(codeOf))
/** After these the server answers: Query, Sync, Flush, FunctionCall, a password or SASL, and the end of a COPY. */
const asking = new Set([...'QSHFpcf'].map(codeOf))
const headBytes = 5
const longest = 64 * 1024 * 1024

/**
 * True where bytes begin a request of PostgreSQL's protocol 3. What is sent before a session has no type: it begins with
 * its length, so with 0. A Terminate is not answered, and so is none.
 */
export function isPostgresRequest(bytes: Buffer): boolean {
  const [first = -1] = bytes
  if (first === 0) return true
  return known.has(first) && first !== codeOf('X')
}

/** Follows a request to the message that the server answers, be it a simple query or Parse … Sync. */
export function followPostgresRequest(): Frames {
  let head: Buffer = Buffer.alloc(0)
  /** Bytes of a message's body that are still to come. */
  let left = 0
  let type = 0
  return (bytes) => {
    let at = 0
    while (at < bytes.length || left === 0) {
      const step = Math.min(left, bytes.length - at)
      left -= step
      at += step
      if (left > 0) return false
      if (asking.has(type)) return true
      if (at === bytes.length) return false
      const missing = headBytes - head.length
      head = Buffer.concat([head, bytes.subarray(at, at + missing)])
      at = Math.min(bytes.length, at + missing)
      if (head.length < headBytes) return false
      const isUntyped = head[0] === 0
      type = isUntyped ? codeOf('Q') : (head[0] ?? 0)
      left = isUntyped ? head.readUInt32BE(0) - headBytes : head.readUInt32BE(1) - 4
      head = Buffer.alloc(0)
      // Not of this protocol: nobody waits for its end.
      if (left < 0 || left > longest) return true
    }
    return false
  }
}

function codeOf(letter: string): number {
  return letter.charCodeAt(0)
}
