import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import type { App } from './http-server.ts'
import { Problem, sendProblem } from './problems.ts'

/** Answers what is not HTTP: Node has no request to hang an answer on, so this writes one by hand and closes. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, code, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'headers_too_large', 'The request headers are too large.']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'request_timeout', 'The request took too long to arrive.']
        : ['400 Bad Request', 'bad_request', 'Bad Request']
  const body = JSON.stringify({ detail, code, request_id: randomUUID() })
  const head = `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}`
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n${head}\r\n\r\n${body}`)
}

/** FastAPI's answers: 405 where the address exists for another method, else 404. */
export function answerUnknownRoutes(app: App): void {
  const known: { pattern: RegExp; method: string }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(`^${url.replace(/\/$/, '').replace(/:[a-z_]+/g, '[^/]+')}/?$`)
    for (const single of [method].flat()) known.push({ pattern, method: single })
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const allowed = known.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    if (allowed.length === 0) return sendProblem(reply, new Problem(404, 'not_found', 'Not Found'))
    const headers = { allow: [...new Set(allowed)].join(', ') }
    return sendProblem(reply, new Problem(405, 'method_not_allowed', 'Method Not Allowed', { headers }))
  })
}

/** JSON and nothing else. No body is no fault by itself: many clients say `application/json` on a DELETE, too. */
export function readJsonOnly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parse(request, body.toString(), done),
  )
}
