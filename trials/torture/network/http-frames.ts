import type { Frames } from './connection.ts'

const longestHead = 64 * 1024
const methods = ['GET ', 'HEAD ', 'POST ', 'PUT ', 'PATCH ', 'DELETE ', 'OPTIONS ']

/** True where bytes are the beginning of an HTTP request, and not the rest of one that was answered too early. */
export function isHttpRequest(bytes: Buffer): boolean {
  const beginning = bytes.toString('latin1', 0, 8)
  return methods.some((method) => beginning.startsWith(method) || method.startsWith(beginning))
}

/** Follows an HTTP/1.1 request to its end, by Content-Length or by its chunks. */
export function followHttpRequest(): Frames {
  let head: Buffer = Buffer.alloc(0)
  let body: Frames | undefined
  return (bytes) => {
    if (body) return body(bytes)
    head = head.length === 0 ? bytes : Buffer.concat([head, bytes])
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return head.length > longestHead
    const fields = head.toString('latin1', 0, end)
    const [, length = '0'] = /\r\ncontent-length: *(\d+)/i.exec(fields) ?? []
    body = /\r\ntransfer-encoding: *chunked/i.test(fields) ? followChunks() : followLength(Number(length))
    return body(head.subarray(end + 4))
  }
}

function followLength(length: number): Frames {
  let left = length
  return (bytes) => {
    left -= bytes.length
    return left <= 0
  }
}

/** Chunks as of RFC 9112, 7.1; what follows the last one is expected to be empty, as nobody here sends trailers. */
function followChunks(): Frames {
  /** Of the chunk that is passing, with the line break after it. */
  let left = 0
  let line = ''
  let isLast = false
  return (bytes) => {
    let at = 0
    while (at < bytes.length) {
      if (left > 0) {
        const step = Math.min(left, bytes.length - at)
        left -= step
        at += step
      } else {
        const end = bytes.indexOf('\n', at)
        line += bytes.toString('latin1', at, end === -1 ? bytes.length : end + 1)
        if (end === -1) return false
        at = end + 1
        const size = Number.parseInt(line, 16)
        if (isLast) return true
        isLast = size === 0
        left = size > 0 ? size + 2 : 0
        line = ''
      }
    }
    return false
  }
}
