import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
  type RouteOptions,
} from 'fastify'
import {
  type Access,
  type AccessConfig,
  authorize,
  type Principal,
  readAccessConfig,
  refuseForeign,
} from './access.ts'
import type { EnvironmentReader } from './environment.ts'
import { addHealth } from './health.ts'
import type { Logger } from './logger.ts'
import { describeApi } from './openapi.ts'
import { Problem, type ProblemTable, problemHandler, sendProblem } from './problems.ts'
import { compileValidator } from './schema.ts'
import { shedLoad, type Waiting } from './shedding.ts'
import { addStopping } from './stopping.ts'
import { hangUp, refuseUnreadable, watchAnswers } from './unreadable-bytes.ts'
import {
  answerUnknownRoutes,
  endLongForms,
  hangUpOnEndless,
  hurryBodies,
  readJsonOnly,
  refuseOddHeads,
  stopArriving,
} from './unreadable-requests.ts'

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
    /** Answers out of itself: no neighbour, the database included, can make it 503. */
    standsAlone?: boolean
  }
}

export type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'

export type App = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export type HttpConfig = {
  bindAddress: string
  port: number
  access: AccessConfig
  /** For how long a service that was told to stop goes on taking requests; not at all where this is absent. */
  drainMs?: number
}

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
  /** What tells how long requests wait; nothing of theirs is waited for where it is absent. */
  waiting?: Waiting
  routes: (app: App) => Promise<void>
}

export function readHttpConfig(read: EnvironmentReader, port: number): HttpConfig {
  return {
    bindAddress: read.text('BIND_ADDRESS', '127.0.0.1'),
    port: read.integer('PORT', port, { min: 0, max: 65535 }),
    access: readAccessConfig(read),
    drainMs: read.number('DRAIN_SECONDS', 0, { min: 0, max: 600 }) * 1_000,
  }
}

/** A server with everything but the routes of the shop: request ids, errors, access, OpenAPI, health. Not yet listening. */
export async function createHttpServer(options: HttpOptions): Promise<App> {
  const { title, log, config, problems, unknownId } = options
  const service = title.toLowerCase().replaceAll(' ', '-')
  const app: App = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: ({ headers }) => takeOver(headers['x-request-id']) ?? randomUUID(),
    // An id may be as long as an address: it is looked at, and answered with 404.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    bodyLimit: 64 * 1024,
    // A picture of 10 MB over a slow line fits into the one; nobody needs long to say what they want.
    requestTimeout: 60_000,
    // Longer than any answer is worked on: this is for those who do not read it.
    connectionTimeout: 120_000,
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000, requireHostHeader: false },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (_error, _request, reply) =>
      sendProblem(reply, new Problem(400, 'bad_request', 'Bad Request')),
    clientErrorHandler: refuseUnreadable,
  }).withTypeProvider<TypeBoxTypeProvider>()
  watchAnswers(app.server)
  addStopping(app)
  readJsonOnly(app)
  hurryBodies(app)
  stopArriving(app)
  endLongForms(app)
  app.setValidatorCompiler(compileValidator)
  app.setSerializerCompiler(() => JSON.stringify)
  app.setErrorHandler(problemHandler(problems, unknownId))
  log.warn('ACCESS=open: nobody signs in, and everyone who reaches this service is staff')
  logRequests(app)
  refuseOddHeads(app)
  hangUpOnEndless(app)
  hangUp(app)
  app.decorateRequest('principal', null as unknown as Principal)
  app.addHook('onRequest', createGuard(config.access, service))
  await describeApi(app, title)
  await app.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity: false })
  const { corsOrigins } = config.access
  if (corsOrigins.length > 0)
    await app.register(cors, { origin: corsOrigins, methods: corsMethods, exposedHeaders })
  // Behind what a page of another origin needs to read a refusal.
  shedLoad(app, options.waiting)
  // From here on every route says who may call it, and is known when an address is asked for by a wrong method.
  app.addHook('onRoute', refuseUndeclared)
  answerUnknownRoutes(app)
  addHealth(app, title, service, async () => (app.stopping.hasBegun ? ['stopping'] : options.missing()))
  await options.routes(app)
  return app
}

/** Listens and returns the URL by which this machine reaches it. */
export async function listen(app: App, { bindAddress, port }: HttpConfig): Promise<string> {
  await app.listen({ host: bindAddress, port })
  const address = app.server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`
}

const exposedHeaders = ['ETag', 'Link', 'Idempotency-Key', 'Retry-After', 'X-Request-Id']
const corsMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

function takeOver(id: string | string[] | undefined): string | undefined {
  return typeof id === 'string' && /^[\w.:-]{1,100}$/.test(id) ? id : undefined
}

function logRequests(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    // The route and not the address: an address may carry a search, a name or a signature.
    const { method, routeOptions } = request
    const { url: route } = routeOptions
    const { statusCode: status, elapsedTime } = reply
    if (route !== '/livez' && route !== '/readyz' && route !== '/health') {
      request.log.info({ method, route, status, ms: Math.round(elapsedTime) }, 'request')
    }
  })
}

function createGuard(config: AccessConfig, service: string) {
  const ownHosts = [service, service.replaceAll('-', '_'), new URL(config.publicUrl).hostname]
  return async (request: FastifyRequest) => {
    const { access = 'anyone' } = request.routeOptions.config
    // A service shows a secret that no page has, and may call by any name.
    if (access !== 'service') refuseForeign(request, config, ownHosts)
    request.principal = authorize(request, access, config)
  }
}

/** A route that does not declare who may call it stops the start. */
function refuseUndeclared({ config, method, url }: RouteOptions): void {
  if (!config?.access) throw new Error(`${method} ${url} does not declare who may call it.`)
}
