import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

export type Answer = {
  status: number
  headers: IncomingHttpHeaders
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads an answer's fields and then asserts what they are.
  body: any
}

/** A body is sent as JSON, unless it is a string or bytes (sent as they are) or a form (sent as multipart). */
export type Body = object | string | number | boolean | null

export type Client = {
  url: string
  get: (path: string, headers?: OutgoingHttpHeaders) => Promise<Answer>
  post: (path: string, body?: Body, headers?: OutgoingHttpHeaders) => Promise<Answer>
  put: (path: string, body?: Body, headers?: OutgoingHttpHeaders) => Promise<Answer>
  patch: (path: string, body?: Body, headers?: OutgoingHttpHeaders) => Promise<Answer>
  delete: (path: string, headers?: OutgoingHttpHeaders) => Promise<Answer>
  send: (method: string, path: string, body?: Body, headers?: OutgoingHttpHeaders) => Promise<Answer>
}

/**
 * Talks to one service over real HTTP. Paths and headers go out exactly as given, `Host` included; an answer of any
 * status resolves, and `body` is the parsed JSON where the answer is JSON. A header given as undefined is left away. A
 * call ends after 30 s.
 */
export function createClient(url: string, standing: OutgoingHttpHeaders = {}): Client {
  const send: Client['send'] = async (method, path, body, headers = {}) => {
    const [type, bytes] = await encode(body)
    const all = Object.entries({ ...type, ...standing, ...headers }).filter(
      ([, value]) => value !== undefined,
    )
    return exchange(url, method, path, Object.fromEntries(all), bytes)
  }
  return {
    url,
    send,
    get: (path, headers) => send('GET', path, undefined, headers),
    post: (path, body, headers) => send('POST', path, body, headers),
    put: (path, body, headers) => send('PUT', path, body, headers),
    patch: (path, body, headers) => send('PATCH', path, body, headers),
    delete: (path, headers) => send('DELETE', path, undefined, headers),
  }
}

/** Writes bytes to a service's port as they are and returns all that it says until it closes, or after 5 s. */
export function sendRaw(url: string, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.setTimeout(5_000, () => socket.destroy())
  socket.write(bytes)
  return text(socket)
}

async function encode(body: Body | undefined): Promise<[OutgoingHttpHeaders, Buffer | string | undefined]> {
  if (body === undefined) return [{}, undefined]
  if (body instanceof FormData) {
    const form = new Response(body)
    return [{ 'content-type': form.headers.get('content-type') ?? '' }, Buffer.from(await form.arrayBuffer())]
  }
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return [{ 'content-type': 'application/json' }, bytes]
}

function exchange(
  url: string,
  method: string,
  path: string,
  headers: OutgoingHttpHeaders,
  bytes: Buffer | string | undefined,
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  const length = bytes === undefined ? {} : { 'content-length': Buffer.byteLength(bytes) }
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers: { ...length, ...headers } })
    outgoing.setTimeout(30_000, () =>
      outgoing.destroy(new Error(`${method} ${path} was not answered in 30 s.`)),
    )
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const { statusCode: status = 0, headers } = incoming
      const isJson = headers['content-type']?.startsWith('application/json')
      text(incoming).then(
        (said) =>
          resolve({ status, headers, text: said, body: isJson && said ? JSON.parse(said) : undefined }),
        reject,
      )
    })
    outgoing.end(bytes)
  })
}
