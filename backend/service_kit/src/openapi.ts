import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyContextConfig, FastifySchema } from 'fastify'
import { type TObject, type TProperties, Type } from 'typebox'
import type { App } from './http-server.ts'

/** Serves the description of all routes but /internal, with Swagger UI over it; /internal has a contract of its own. */
export async function describeApi(app: App, title: string): Promise<void> {
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
          ...(schema?.querystring !== undefined && { querystring: asCallersSee(schema.querystring) }),
          hide: schema?.hide || !wanted(url),
          response: documentedAnswers(schema, route.config),
        },
        url,
      }),
    })
  await describe('swagger', (url) => !url.startsWith('/internal'))
  await describe('internalContract', (url) => url.startsWith('/internal'))
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    transformStaticCSP: () => swaggerUiPolicy,
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** Everything from here; Swagger UI sets styles on its elements. */
const swaggerUiPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; " +
  "base-uri 'none'; frame-ancestors 'none'"

/** What a refusal says that has facts beside its sentence. */
export function ProblemWith<Facts extends TProperties>(facts: Facts) {
  return Type.Object({ ...problem, ...facts }, { description: 'Refused' })
}

/** The answers that a route declares, and the refusals that come with having a path, a query, a body or a guard. */
function documentedAnswers(schema: FastifySchema = {}, config: FastifyContextConfig = {}) {
  const { params, querystring, body, response } = schema
  const { access, problems = [], standsAlone = false } = config
  const statuses = [
    ...problems,
    ...(access === 'service' ? [401] : []),
    ...(params ? [404] : []),
    ...(body ? [413, 415] : []),
    ...(body || querystring ? [422] : []),
    // Another service may call by any name.
    ...(access && access !== 'service' ? [403] : []),
    ...(access && !standsAlone ? [503] : []),
  ]
  const refusals = statuses.map((status): [number, object] => [
    status,
    { $ref: status === 422 ? 'InvalidRequest#' : 'Problem#' },
  ])
  return { ...Object.fromEntries(refusals), ...(response as object) }
}

/** The validator fills defaults in, and then the parameter is there; whoever asks may leave it out. */
function asCallersSee(querystring: unknown): object {
  const { properties = {}, required = [], ...rest } = querystring as TObject
  return {
    ...rest,
    properties,
    required: required.filter((name) => !('default' in (properties[name] ?? {}))),
  }
}

const problem = { detail: Type.String(), code: Type.String(), request_id: Type.String() }

const ProblemReply = Type.Object(problem, { $id: 'Problem', description: 'Refused' })

const InvalidReply = Type.Object(
  {
    ...problem,
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
  },
  { $id: 'InvalidRequest', description: 'Not valid' },
)
