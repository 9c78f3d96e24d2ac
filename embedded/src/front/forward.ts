import proxy from '@fastify/http-proxy'
import { isTooLarge } from '@tallyshop/service-kit/unreadable-bytes'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BodyTooLarge } from './bodies.ts'
import { refuse } from './refusals.ts'

const tooLarge = 'The request is larger than 11 MB.'
const timeouts = { headersTimeout: 35_000, bodyTimeout: 35_000, connect: { timeout: 3000 } }

/** Meant for the front itself; Node has answered an "expect: 100-continue" already, and undici refuses to repeat it. */
const betweenNeighbours = ['expect', 'upgrade', 'keep-alive', 'te', 'trailer', 'proxy-authorization']

/** Forwards what is below `prefix` to the same below `target` at the service; bodies stream through, both ways. */
export function forwardApi(
  app: FastifyInstance,
  prefix: string,
  upstream: string,
  target: string,
  name: string,
): void {
  app.register(proxy, {
    upstream,
    prefix,
    rewritePrefix: target,
    disableRequestLogging: true,
    undici: { ...timeouts, connections: 256 },
    preHandler: refuseOddRequests,
    replyOptions: {
      ...onceAndInWords(`The ${name} cannot be reached.`),
      rewriteRequestHeaders: (request, headers) => ({
        ...without(headers, betweenNeighbours),
        // The services refuse names that are not the shop's: they must see the one the browser used.
        host: request.headers.host ?? '',
        'x-request-id': request.id,
        'x-forwarded-for': request.ip,
        'x-forwarded-proto': 'http',
      }),
      rewriteHeaders: (headers) => without(headers, [...betweenNeighbours, 'connection']),
    },
  })
}

const headersToStore = ['accept', 'range', 'if-range', 'if-none-match', 'if-modified-since']
const headersFromStore = [
  'accept-ranges',
  'cache-control',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
]

/** Lets GET and HEAD of single blobs of one container through, by the signed address that came with the product. */
export function forwardPictures(
  app: FastifyInstance,
  { endpoint, container }: { endpoint: string; container: string },
): void {
  const { origin, pathname } = new URL(endpoint)
  app.register(proxy, {
    upstream: origin,
    prefix: `/blobs/${container}`,
    rewritePrefix: `${pathname.replace(/\/$/, '')}/${container}`,
    routes: ['/*'],
    httpMethods: ['GET', 'HEAD'],
    disableRequestLogging: true,
    undici: { ...timeouts, connections: 64 },
    preHandler: refuseAllButBlobs,
    replyOptions: {
      ...onceAndInWords('The picture store cannot be reached.'),
      rewriteRequestHeaders: (_request, headers) => pick(headers, headersToStore),
      rewriteHeaders: (headers) => ({
        ...pick(headers, headersFromStore),
        'x-content-type-options': 'nosniff',
        'content-security-policy': 'sandbox',
      }),
    },
  })
}

/** Paths that the service could read as another one than the front did, such as /api/products/..%2finternal. */
async function refuseOddRequests(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const [path = ''] = request.raw.url?.split('?') ?? []
  if (/%2e|%2f|%5c|%00|\\|\/\/|\/\.{1,2}(\/|$)/i.test(path))
    return refuse(reply, 404, 'There is nothing at this address.')
  return isTooLarge(request.raw) ? refuse(reply, 413, tooLarge) : undefined
}

/** Signed or not, what lists or describes a container is nobody's business here. */
async function refuseAllButBlobs(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const { '*': name } = request.params as { '*': string }
  const isBlob = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(name)
  const describes = Object.keys(request.query as object).some((key) => /^(comp|restype)$/i.test(key))
  if (describes || !isBlob) return refuse(reply, 404, 'There is nothing at this address.')
  return refuseOddRequests(request, reply)
}

/** A request is sent on once: whether it may be repeated is the browser's decision. */
function onceAndInWords(detail: string) {
  return {
    retryDelay: () => null as unknown as number,
    onError: (reply: unknown, { error }: { error: Error }) => {
      if (error.cause instanceof BodyTooLarge) refuse(reply as FastifyReply, 413, tooLarge)
      else refuse(reply as FastifyReply, 503, detail)
    },
  }
}

function without<T extends Record<string, unknown>>(headers: T, names: string[]): T {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as T
}

function pick<T extends Record<string, unknown>>(headers: T, names: string[]): T {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name))) as T
}
