import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** An answer as it came over the wire. */
export type WireAnswer = { status: number; headers: Record<string, string>; body: string }

export type Exchange = {
  answers: WireAnswer[]
  rest: string
  closed: boolean
  bytesTaken: number
  tookMs: number
}

export type Manner = {
  /** What is sent later, piece by piece, and how long apart. */
  pieces?: Iterable<string | Buffer>
  pauseMs?: number
  withinMs?: number
}

/** Writes bytes to a port as they are and reads until the other side closes, or until it has had its time. */
export function converse(
  url: string,
  bytes: string | Buffer,
  { pieces = [], pauseMs = 100, withinMs = 3_000 }: Manner = {},
): Promise<Exchange> {
  const { hostname, port } = new URL(url)
  const began = Date.now()
  const socket = connect(Number(port), hostname)
  let said = ''
  return new Promise((resolve) => {
    const waiting = pieces[Symbol.iterator]()
    const dripping = setInterval(() => {
      const { value, done } = waiting.next()
      if (!done) socket.write(value)
    }, pauseMs)
    const end = (closed: boolean) => {
      clearInterval(dripping)
      clearTimeout(patience)
      const bytesTaken = socket.bytesWritten - socket.writableLength
      socket.destroy()
      resolve({ ...readAnswers(said), closed, bytesTaken, tookMs: Date.now() - began })
    }
    const patience = setTimeout(() => end(false), withinMs)
    socket.on('data', (piece) => {
      said += piece.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => end(true))
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  })
}

/** Sends `bytes` and then nothing but `piece`, as fast as it is taken, until the other side closes or `most` are through. */
export async function pour(url: string, bytes: string, piece: Buffer, most: number): Promise<Exchange> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const began = Date.now()
  let said = ''
  let closed = false
  socket.on('data', (some) => {
    said += some.toString('latin1')
  })
  socket.on('error', () => {})
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => {
      closed = true
      resolve()
    })
  })
  socket.setTimeout(20_000, () => socket.destroy())
  socket.write(bytes, 'latin1')
  const taken = () => socket.bytesWritten - socket.writableLength
  while (!closed && taken() < most) {
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain').catch(() => {}), gone])
  }
  const bytesTaken = taken()
  socket.end()
  await Promise.race([gone, sleep(1_000)])
  socket.destroy()
  return { ...readAnswers(said), closed, bytesTaken, tookMs: Date.now() - began }
}

/** Every whole answer in what was said, and what remains: nothing, unless something was said twice or by halves. */
function readAnswers(said: string): { answers: WireAnswer[]; rest: string } {
  const answers: WireAnswer[] = []
  let rest = said
  for (;;) {
    const match = /^HTTP\/1\.1 (\d{3}) ?[^\r]*\r\n([\s\S]*?)\r\n\r\n/.exec(rest)
    if (!match) return { answers, rest }
    const [head, status = '', lines = ''] = match
    const headers = Object.fromEntries(
      lines
        .split('\r\n')
        .map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.replace(/^[^:]*:\s*/, '')]),
    )
    const length = Number(headers['content-length'] ?? 0)
    const isChunked = headers['transfer-encoding'] === 'chunked'
    const after = rest.slice(head.length)
    const end = isChunked ? after.indexOf('0\r\n\r\n') + 5 : length
    if (Number(status) >= 200) answers.push({ status: Number(status), headers, body: after.slice(0, end) })
    rest = Number(status) >= 200 ? after.slice(end) : after
  }
}
