import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, {
  type FastifyBaseLogger,
  type FastifyContextConfig,
  type FastifyInstance,
  type FastifyRequest,
  type FastifySchema,
  LogController,
  type RouteOptions,
} from 'fastify'
import { Type } from 'typebox'
import {
  type Access,
  type AccessConfig,
  authorize,
  type Principal,
  readAccessConfig,
  refuseForeign,
} from './access.ts'
import type { EnvironmentReader } from './environment.ts'
import type { Logger } from './logger.ts'
import { Problem, type ProblemTable, problemHandler, sendProblem } from './problems.ts'
import { compileValidator } from './schema.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What other services of ours may rely on: the description of /internal. */
    internalContract: FastifyInstance['swagger']
  }
  interface FastifyRequest {
    principal: Principal
  }
  interface FastifyContextConfig {
    access?: Access
    /** Statuses of refusals that are this route's own; those of every route of its kind are documented by themselves. */
    problems?: number[]
  }
}

export type App = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export type HttpConfig = { bindAddress: string; port: number; access: AccessConfig }

export type HttpOptions = {
  /** As people read it: "Product Service". The machine name is derived: product-service. */
  title: string
  config: HttpConfig
  log: Logger
  problems: ProblemTable
  /** What a path id that cannot exist is answered with. */
  unknownId: Problem
  /** What is missing before requests can be served, in words. */
  missing: () => Promise<string[]>
  routes: (app: App) => Promise<void>
}

export function readHttpConfig(read: EnvironmentReader, port: number): HttpConfig {
  return {
    bindAddress: read.text('BIND_ADDRESS', '127.0.0.1'),
    port: read.integer('PORT', port, { min: 0, max: 65535 }),
    access: readAccessConfig(read),
  }
}

/** A server with everything but the routes of the shop: request ids, errors, access, OpenAPI, health. Not yet listening. */
export async function createHttpServer(options: HttpOptions): Promise<App> {
  const { title, log, config, problems, unknownId } = options
  const app: App = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: ({ headers }) => takeOver(headers['x-request-id']) ?? randomUUID(),
    // An id may be as long as an address: it is looked at, and answered with 404.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    frameworkErrors: (_error, _request, reply) =>
      sendProblem(reply, new Problem(400, 'bad_request', 'Bad Request')),
    clientErrorHandler: refuseUnreadable,
  }).withTypeProvider<TypeBoxTypeProvider>()
  readJsonOnly(app)
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(() => JSON.stringify)
  app.setErrorHandler(problemHandler(problems, unknownId))
  logRequests(app)
  hangUpOnClose(app)
  app.decorateRequest('principal', null as unknown as Principal)
  app.addHook('onRequest', createGuard(config.access, title))
  await describeApi(app, title)
  await app.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity: false })
  const { corsOrigins } = config.access
  if (corsOrigins.length > 0)
    await app.register(cors, { origin: corsOrigins, methods: corsMethods, exposedHeaders: ['ETag', 'Link'] })
  // From here on every route says who may call it, and is known when an address is asked for by a wrong method.
  app.addHook('onRoute', refuseUndeclared)
  answerUnknownRoutes(app)
  addHealth(app, options)
  await options.routes(app)
  return app
}

/** Listens and returns the URL by which this machine reaches it. */
export async function listen(app: App, { bindAddress, port }: HttpConfig): Promise<string> {
  await app.listen({ host: bindAddress, port })
  const address = app.server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`
}

const corsMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** JSON and nothing else. No body is no fault by itself: many clients say `application/json` on a DELETE, too. */
function readJsonOnly(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parse(request, body.toString(), done),
  )
}

function takeOver(id: string | string[] | undefined): string | undefined {
  return typeof id === 'string' && /^[\w.:-]{1,100}$/.test(id) ? id : undefined
}

/** Answers what is not HTTP: Node has no request to hang an answer on, so this writes one by hand and closes. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
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

function logRequests(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    // The route and not the address: an address may carry a search, a name or a signature.
    const { method, url: route } = request.routeOptions
    const { statusCode: status, elapsedTime } = reply
    const method_ = typeof method === 'string' ? method : request.method
    if (route !== '/livez' && route !== '/readyz' && route !== '/health') {
      request.log.info({ method: method_, route, status, ms: Math.round(elapsedTime) }, 'request')
    }
  })
}

/** While closing, an answer ends its connection: kept alive it would hold the stop up until the other side lets go. */
function hangUpOnClose(app: App): void {
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
}

function createGuard(config: AccessConfig, title: string) {
  const name = machineName(title)
  const ownHosts = [name, name.replaceAll('-', '_'), new URL(config.publicUrl).hostname]
  return async (request: FastifyRequest) => {
    refuseForeign(request, config, ownHosts)
    request.principal = authorize(request, request.routeOptions.config.access ?? 'anyone', config)
  }
}

/** A route that does not declare who may call it stops the start. */
function refuseUndeclared({ config, method, url }: RouteOptions): void {
  if (!config?.access) throw new Error(`${method} ${url} does not declare who may call it.`)
}

/** FastAPI's answers: 405 where the address exists for another method, else 404. */
function answerUnknownRoutes(app: App): void {
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

async function describeApi(app: App, title: string): Promise<void> {
  const info = { title, version: '1.0.0' }
  app.addSchema(ProblemReply)
  app.addSchema(InvalidReply)
  const describe = (decorator: 'swagger' | 'internalContract', wanted: (url: string) => boolean) =>
    app.register(swagger, {
      decorator,
      openapi: { openapi: '3.1.0', info },
      refResolver: { buildLocalReference: ({ $id }) => String($id) },
      transform: ({ schema, url, route }) => ({
        schema: {
          ...schema,
          hide: schema?.hide || !wanted(url),
          response: documentedAnswers(schema, route.config),
        },
        url,
      }),
    })
  await describe('swagger', (url) => !url.startsWith('/internal'))
  await describe('internalContract', (url) => url.startsWith('/internal'))
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** The answers that a route declares, and the refusals that come with having a path, a query, a body or a guard. */
function documentedAnswers(schema: FastifySchema = {}, { access, problems = [] }: FastifyContextConfig = {}) {
  const { params, querystring, body, response } = schema
  const statuses = [
    ...problems,
    ...(access === 'service' ? [401] : []),
    ...(params ? [404] : []),
    ...(body ? [413, 415] : []),
    ...(body || querystring ? [422] : []),
    ...(access ? [403, 503] : []),
  ]
  const refusals = statuses.map((status): [number, object] => [
    status,
    { $ref: status === 422 ? 'InvalidRequest#' : 'Problem#' },
  ])
  return { ...Object.fromEntries(refusals), ...(response as object) }
}

const ProblemReply = Type.Object(
  { detail: Type.String(), code: Type.String(), request_id: Type.String() },
  { $id: 'Problem', description: 'Refused' },
)

const InvalidReply = Type.Object(
  {
    detail: Type.Union([
      Type.Array(
        Type.Object({
          type: Type.String(),
          loc: Type.Array(Type.Union([Type.String(), Type.Integer()])),
          msg: Type.String(),
          input: Type.Optional(Type.Unknown()),
        }),
      ),
      Type.String(),
    ]),
    code: Type.String(),
    request_id: Type.String(),
  },
  { $id: 'InvalidRequest', description: 'Not valid' },
)

const Health = Type.Object({ status: Type.String(), service: Type.String() })
const Readiness = Type.Object({
  status: Type.String(),
  service: Type.String(),
  missing: Type.Array(Type.String()),
})

function addHealth(app: App, { title, missing }: HttpOptions): void {
  const service = machineName(title)
  const config = { access: 'anyone' } as const
  const Welcome = Type.Object({ message: Type.String() })
  app.get('/', { config, schema: { response: { 200: Welcome } } }, async () => ({
    message: `Welcome to the ${title}!`,
  }))
  for (const path of ['/health', '/livez']) {
    app.get(path, { config, schema: { response: { 200: Health } } }, async () => ({ status: 'ok', service }))
  }
  const response = { 200: Readiness, 503: Readiness }
  app.get('/readyz', { config, schema: { response } }, async (_request, reply) => {
    const lacking = await missing()
    const ready = lacking.length === 0
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ok' : 'not ready', service, missing: lacking })
  })
}

function machineName(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-')
}
