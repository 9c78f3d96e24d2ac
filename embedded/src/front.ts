import { randomUUID } from 'node:crypto'
import { addStopping } from '@tallyshop/service-kit/stopping'
import { faultOfHead, hangUp, refuseUnreadable, watchAnswers } from '@tallyshop/service-kit/unreadable-bytes'
import fastify from 'fastify'
import { limitBodies } from './front/bodies.ts'
import { forwardApi, forwardPictures } from './front/forward.ts'
import { servePages } from './front/pages.ts'
import { refuse } from './front/refusals.ts'

export type FrontConfig = {
  port: number
  host: string
  /** The folder of the built pages. */
  pages: string
  productServiceUrl: string
  orderServiceUrl: string
  /** Where pictures are read from; undefined when browsers go to the account themselves. */
  pictures: { endpoint: string; container: string } | undefined
  /** Another origin that pictures come from, if any. */
  pictureOrigin: string | undefined
  /** More than warnings are never logged: they would show signed addresses. */
  logLevel: 'warn' | 'silent'
}

/** Serves the pages and forwards /api and /blobs, as nginx does in front of the containers. */
export async function startFront(config: FrontConfig): Promise<{ url: string; stop: () => Promise<void> }> {
  const app = fastify({
    logger: { level: config.logLevel },
    genReqId: (request) => requestId(request.headers['x-request-id']),
    // As long as the services give a picture, and as long as they give somebody to say what they want.
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: { headersTimeout: 15_000, connectionsCheckingInterval: 5_000, requireHostHeader: false },
    frameworkErrors: (_error, _request, reply) => refuse(reply, 400, 'This address cannot be read.'),
    clientErrorHandler: refuseUnreadable,
  })
  watchAnswers(app.server)
  app.addHook('onRequest', async ({ raw }, reply) => {
    const fault = faultOfHead(raw)
    return fault && refuse(reply.header('connection', 'close'), fault.status, fault.detail)
  })
  app.removeAllContentTypeParsers()
  app.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) request.log.error(error)
    return refuse(
      reply,
      status,
      status < 500 ? 'This request cannot be understood.' : 'Something went wrong.',
    )
  })
  limitBodies(app)
  addStopping(app)
  hangUp(app)
  forwardApi(app, '/api/products', config.productServiceUrl, '/products', 'product service')
  forwardApi(app, '/api/orders', config.orderServiceUrl, '/orders', 'order service')
  if (config.pictures) forwardPictures(app, config.pictures)
  servePages(app, config)
  const url = await app.listen({ port: config.port, host: config.host })
  return { url, stop: () => app.close() }
}

function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.-]{1,100}$/.test(given) ? given : randomUUID()
}
