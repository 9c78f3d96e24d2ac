import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { App } from './http-server.ts'
import { Problem, sendProblem } from './problems.ts'
import { InvalidRequest } from './schema.ts'
import {
  closeAfterBody,
  closeGently,
  faultOfHead,
  hasNoEndInSight,
  largestBodyBytes,
  refuseEndless,
  refuseSlow,
} from './unreadable-bytes.ts'

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

/** Before anything else is looked at; what follows on such a connection is not looked at, either. */
export function refuseOddHeads(app: App): void {
  app.addHook('onRequest', async ({ raw }) => {
    const fault = faultOfHead(raw)
    if (fault) throw new Problem(fault.status, fault.code, fault.detail, { headers: { connection: 'close' } })
  })
}

/** JSON and nothing else. No body is no fault by itself: many clients say `application/json` on a DELETE, too. */
export function readJsonOnly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    // Read leniently, broken letters would become others, and be stored.
    if (!isUtf8(body)) return done(notJson())
    return parse(request, body.toString(), done)
  })
}

function notJson(): InvalidRequest {
  return new InvalidRequest('body', [{ type: 'json_invalid', loc: ['body'], msg: 'JSON decode error' }])
}

/** 64 KB need no longer on any line; a picture has the time of a whole request. */
const jsonBodyMs = 20_000

/** Ends requests whose body trickles in, with 408. */
export function hurryBodies(app: App): void {
  app.addHook('preParsing', async ({ raw }) => {
    if (raw.complete || isForm(raw)) return
    const timer = setTimeout(() => refuseSlow(raw), jsonBodyMs)
    for (const event of ['end', 'close']) raw.once(event, () => clearTimeout(timer))
  })
}

/** A stop as a whole has 8 s. */
const stoppingBodyMs = 3_000

/** Ends requests that are still arriving a while after a stop began, which would wait for them. */
export function stopArriving(app: App): void {
  const arriving = new Set<IncomingMessage>()
  app.addHook('onRequest', async ({ raw }) => {
    arriving.add(raw)
    for (const event of ['end', 'close']) raw.once(event, () => arriving.delete(raw))
  })
  app.addHook('preClose', async () => {
    const refuseLate = () => [...arriving].filter(({ complete }) => !complete).forEach(refuseSlow)
    setTimeout(refuseLate, stoppingBodyMs).unref()
  })
}

/** Ends forms that go on beyond what a picture needs, with 413; whoever reads them counts the file, and not what is around it. */
export function endLongForms(app: App): void {
  app.addHook('preParsing', async ({ raw }) => {
    if (raw.complete || !isForm(raw)) return
    let left = largestBodyBytes
    const count = (piece: Buffer) => {
      left -= piece.length
      if (left >= 0) return
      raw.off('data', count)
      refuseEndless(raw)
    }
    // Paused, it waits for its reader although somebody listens already.
    raw.pause().on('data', count)
  })
}

function isForm({ headers }: IncomingMessage): boolean {
  return /^multipart\//i.test(headers['content-type'] ?? '')
}

/**
 * A request that is refused before it has arrived is still read to its end, so that its sender hears the answer and not a
 * closed connection; unless nobody knows where that end is, or it is far.
 */
export function hangUpOnEndless(app: App): void {
  app.addHook('onSend', async ({ raw }, reply) => {
    if (raw.complete || faultOfHead(raw)) return
    const isEndless = hasNoEndInSight(raw)
    if (isEndless) closeGently(reply.raw)
    if (!isEndless && reply.statusCode !== 413) return
    closeAfterBody(reply.raw)
    reply.header('connection', 'keep-alive')
  })
}
