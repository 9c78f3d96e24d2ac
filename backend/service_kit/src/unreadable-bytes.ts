import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'

type Refusal = [status: string, code: string, detail: string]

const tooLarge: Refusal = [
  '431 Request Header Fields Too Large',
  'headers_too_large',
  'The request headers are too large.',
]
const tooSlow: Refusal = ['408 Request Timeout', 'request_timeout', 'The request took too long to arrive.']
const tooLong: Refusal = ['413 Content Too Large', 'body_too_large', 'The request body is too large.']
const unreadable: Refusal = ['400 Bad Request', 'bad_request', 'Bad Request']
const noTunnel: Refusal = ['405 Method Not Allowed', 'method_not_allowed', 'Method Not Allowed']

/**
 * Answers what is not HTTP or does not arrive, and closes: Node has no request to hang an answer on, so this is written by
 * hand. Answers keep their order: one that is on its way to an earlier request goes first, and a request that was answered
 * before it had arrived hears nothing more.
 */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET') socket.destroy()
  else if (error.code === 'HPE_HEADER_OVERFLOW') refuse(tooLarge, socket)
  else refuse(error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? tooSlow : unreadable, socket)
}

/** For a request whose body takes too long. */
export function refuseSlow({ socket }: IncomingMessage): void {
  refuse(tooSlow, socket)
}

/** For a request whose body does not end, unless it is answered already: nothing more of it is read. */
export function refuseEndless(request: IncomingMessage): void {
  if (answers.get(request.socket)?.last.headersSent) return
  request.unpipe()
  request.pause()
  refuse(tooLong, request.socket)
}

/** The largest body that any route takes: a picture of 10 MB, and the multipart around it. */
export const largestBodyBytes = 11 * 1024 * 1024

/** True where a request says that it is larger than any may be. */
export function isTooLarge({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > largestBodyBytes
}

/** True where the end of a body is far, or nobody knows where it is. */
export function hasNoEndInSight(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || isTooLarge(request)
}

/**
 * For an answer to a request that has no end in sight: it is read on for a while, and dropped, and then the connection is
 * closed unless the end came. Closed at once, the answer would be lost to whoever is still sending.
 */
export function closeGently(response: ServerResponse): void {
  const { req: request } = response
  const { socket } = request
  response.once('finish', () => {
    const most = socket.bytesRead + lingerBytes
    const count = () => {
      if (request.complete) socket.off('data', count)
      else if (socket.bytesRead > most) socket.destroy()
    }
    socket.on('data', count)
    request.unpipe()
    request.resume()
    setTimeout(() => {
      if (!request.complete) socket.destroy()
    }, lingerReadingMs).unref()
  })
}

/**
 * For an answer that says "keep-alive" only so that Node reads on: a sender that asked for an end gets it once its body
 * has ended, and not before it was answered.
 */
export function closeAfterBody(response: ServerResponse): void {
  const { req: request, shouldKeepAlive } = response
  if (shouldKeepAlive) return
  response.once('finish', () => {
    const end = () => request.socket.end()
    if (request.complete) return end()
    request.once('end', end)
    request.resume()
  })
}

/** A photograph that is far too large still hears so; a gigabyte is not read. */
const lingerBytes = 32 * 1024 * 1024
const lingerReadingMs = 5_000

/**
 * Lets refusals know what else is being answered, notes heads that nobody should answer, and answers what Node would end
 * without a word. Of the server's options it wants `requireHostHeader: false`: that refusal would have no words, either.
 */
export function watchAnswers(server: Server): void {
  // All are counted, and none dropped unseen; they are limited by their bytes.
  server.maxHeadersCount = 0
  server.prependListener('request', (request, response) => {
    const { socket } = request
    answers.set(socket, { last: response, previous: answers.get(socket)?.last })
    const fault = spoiled.get(socket) ?? judgeHead(request)
    if (!fault) return
    spoiled.set(socket, fault)
    faults.set(request, fault)
  })
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {})
    refuse(noTunnel, socket)
  })
  // An expectation that we do not know may be ignored (RFC 9110, 10.1.1); Node's own 417 is not in our words.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}

export type HeadFault = { status: 400 | 431; code: string; detail: string }

/**
 * Why a request must be refused by its head alone: because proxies before us may have read another host in it, or less of
 * it. What follows on the same connection is refused likewise, as nobody can tell what it was meant to be; what came before
 * is not.
 */
export function faultOfHead(request: IncomingMessage): HeadFault | undefined {
  return faults.get(request)
}

/**
 * While stopping, an answer ends its connection: kept alive it would hold the stop up until the other side lets go. And
 * after a request for another protocol Node no longer tells us of what it cannot read: the next one would wait in vain.
 */
export function hangUp(app: Pick<FastifyInstance, 'addHook' | 'stopping'>): void {
  app.addHook('onSend', async ({ headers }, reply) => {
    if (app.stopping.hasBegun || headers.upgrade !== undefined) reply.header('connection', 'close')
  })
}

const mostHeaders = 100

function judgeHead({ rawHeaders, httpVersion }: IncomingMessage): HeadFault | undefined {
  const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())
  const hosts = names.filter((name) => name === 'host').length
  if (names.length > mostHeaders) {
    return { status: 431, code: 'headers_too_large', detail: 'The request has more than 100 headers.' }
  }
  const needsHost = httpVersion !== '1.0'
  if (hosts > 1 || (needsHost && hosts === 0) || !httpVersion.startsWith('1.')) {
    return { status: 400, code: 'bad_request', detail: 'The request must be HTTP/1.1 and name one host.' }
  }
  return undefined
}

const spoiled = new WeakMap<Duplex, HeadFault>()
const faults = new WeakMap<IncomingMessage, HeadFault>()
/** Answers are finished in order: where the previous one is, all before it are. */
const answers = new WeakMap<Duplex, { last: ServerResponse; previous: ServerResponse | undefined }>()

function refuse(refusal: Refusal, socket: Duplex): void {
  const { last, previous } = answers.get(socket) ?? {}
  const own = last?.req.complete ? undefined : last
  const earlier = own ? previous : last
  if (!socket.writable) socket.destroy()
  else if (!earlier || earlier.writableFinished) refuseNext(refusal, socket, own)
  else earlier.once('finish', () => refuseNext(refusal, socket, own))
}

/** The refused request may have its answer already, which may still have to be written. */
function refuseNext(refusal: Refusal, socket: Duplex, own: ServerResponse | undefined): void {
  if (!socket.writable) return
  if (!own?.headersSent) writeRefusal(refusal, socket)
  else if (own.writableEnded && !own.writableFinished) own.once('finish', () => endSoon(socket))
  else socket.destroy()
}

const lingerMs = 1_000

function writeRefusal([status, code, detail]: Refusal, socket: Duplex): void {
  const id = randomUUID()
  const body = JSON.stringify({ detail, code, request_id: id })
  const head = `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nX-Request-Id: ${id}\r\n${head}\r\n\r\n${body}`)
  endSoon(socket)
}

/** Closed at once, it could be gone before its other side has read the answer; left open, it could be kept for ever. */
function endSoon(socket: Duplex): void {
  socket.end()
  setTimeout(() => socket.destroy(), lingerMs).unref()
}
