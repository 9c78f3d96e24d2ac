import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { finished, pipeline } from 'node:stream'
import { resetSocket } from './reset-socket.ts'
import type { Target } from './target.ts'

/** `lost`: it was sent, and no whole answer came; `left`: the client went before. */
export type Outcome = 'answered' | 'lost' | 'left' | 'refused'

const timeoutMs = 30_000
const betweenNeighbours = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
])

/** The client's headers for the service: as they were sent, but for those between neighbours. */
export function requestHeaders({ rawHeaders, headers }: IncomingMessage): string[] {
  const { hostname } = URL.parse(`http://${headers.host}`) ?? {}
  const isKnown = hostname === 'localhost' || hostname === '127.0.0.1'
  const kept = withoutNeighbours(rawHeaders, ['host'])
  return ['host', isKnown && headers.host ? headers.host : 'localhost', ...kept]
}

/**
 * Sends a request to a target and its answer back, bodies as streams. Where the answer does not come, or not whole, within
 * 30 s of silence, the client's connection is reset. Nothing was sent where it is `refused`, and the client still waits.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  headers: string[],
  { port, agent }: Target,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const { method, url } = request
    const sent = ask({ port, host: '127.0.0.1', method, path: url, agent, headers, setDefaultHeaders: false })
    const lose = () => {
      resetSocket(request.socket)
      resolve('lost')
    }
    sent.setTimeout(timeoutMs, () => sent.destroy())
    sent.on('socket', (socket) => {
      // The body is not touched before somebody is there to take it: another target may have to.
      const pass = () => request.pipe(sent)
      if (socket.connecting) socket.once('connect', pass)
      else pass()
    })
    sent.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.statusMessage, withoutNeighbours(answer.rawHeaders))
      pipeline(answer, response, (error) => (error ? lose() : resolve('answered')))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => {
      request.unpipe(sent)
      if (error.code === 'ECONNREFUSED') resolve('refused')
      else lose()
    })
    finished(response, (error) => {
      if (!error) return
      resolve('left')
      sent.destroy()
    })
  })
}

function withoutNeighbours(rawHeaders: string[], others: string[] = []): string[] {
  const kept: string[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2)
    const lower = name.toLowerCase()
    if (!betweenNeighbours.has(lower) && !others.includes(lower)) kept.push(name, value)
  }
  return kept
}
