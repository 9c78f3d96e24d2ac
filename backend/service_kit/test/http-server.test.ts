import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync } from 'fastify'
import { Type } from 'typebox'
import { type App, createHttpServer, type HttpOptions, listen } from '../src/http-server.ts'
import { Problem } from '../src/problems.ts'
import { type Client, createClient, sendRaw } from '../test-support/http.ts'
import { captureLog } from '../test-support/log-lines.ts'

const access = {
  mode: 'open',
  publicUrl: 'http://localhost:3000',
  serviceAuthSecret: 's'.repeat(16),
} as const
const { log, lines } = captureLog()

class Odd extends Error {}

const options: HttpOptions = {
  title: 'Test Service',
  config: { bindAddress: '127.0.0.1', port: 0, access: { ...access, corsOrigins: ['http://pages.example'] } },
  log,
  problems: (error) =>
    error instanceof Odd
      ? new Problem(418, 'odd', 'Odd.', { facts: { more: 1 }, headers: { 'x-odd': 'yes' } })
      : undefined,
  unknownId: new Problem(404, 'no_thing', 'No thing'),
  missing: async () => [],
  routes: async () => {},
}
const config = { access: 'anyone' } as const
const Page = Type.Object({ limit: Type.Integer({ default: 5 }), of: Type.Integer() })

let app: App
let client: Client
before(async () => {
  const routes = async (app: App) => {
    app.post('/things', { config, schema: { body: Type.Object({}) } }, async ({ body }) => body)
    app.delete('/things/:thing_id', { config }, async (_request, reply) => reply.code(204).send(null))
    app.get('/list', { config, schema: { querystring: Page } }, async () => [])
    app.get('/odd', { config }, async () => Promise.reject(new Odd()))
    app.get('/broken', { config }, async () =>
      Promise.reject(new Error('select * from secrets at /srv/x.ts')),
    )
    app.get('/slow', { config }, async () => sleep(200, []))
    app.get('/internal/things', { config: { access: 'service' } }, async () => [])
  }
  app = await createHttpServer({ ...options, routes })
  client = createClient(await listen(app, options.config))
})
after(() => app.close())

test('a route that does not say who may call it stops the start', async () => {
  for (const declared of [{}, { config: {} }]) {
    const routes = async (app: App) => void app.get('/open', declared, async () => 'hello')
    await assert.rejects(
      createHttpServer({ ...options, routes }),
      /GET \/open does not declare who may call it/,
    )
  }
})

test('a route within a plugin has to say it, too', async () => {
  const routes = async (app: App) => {
    const plugin: FastifyPluginAsync = async (scope) => void scope.get('/open', async () => 'hello')
    await app.register(plugin)
  }
  await assert.rejects(createHttpServer({ ...options, routes }), /does not declare who may call it/)
})

describe('an error', () => {
  test('that a service knows is answered from its table', async () => {
    const { status, body, headers } = await client.get('/odd', { 'x-request-id': 'r1' })
    assert.deepEqual([status, body], [418, { detail: 'Odd.', code: 'odd', more: 1, request_id: 'r1' }])
    assert.equal(headers['x-odd'], 'yes')
  })

  test('that nobody knows is a plain 500, and the log has its cause', async () => {
    const { status, body } = await client.get('/broken', { 'x-request-id': 'r2' })
    assert.deepEqual(
      [status, body],
      [500, { detail: 'Internal Server Error', code: 'internal_error', request_id: 'r2' }],
    )
    const logged = lines.map((line) => JSON.parse(line)).find(({ level }) => level === 50)
    assert.deepEqual([logged.request_id, logged.err.message], ['r2', 'select * from secrets at /srv/x.ts'])
  })
})

describe('what is not HTTP', () => {
  test('is answered with 400 or 431 in the shape of every error, and closed', async () => {
    const tooLong = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`
    const twoLengths =
      'POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'
    for (const [bytes, status, code] of [
      ['nonsense\r\n\r\n', '400 Bad Request', 'bad_request'],
      [twoLengths, '400 Bad Request', 'bad_request'],
      [tooLong, '431 Request Header Fields Too Large', 'headers_too_large'],
    ] as const) {
      const [head = '', body] = (await sendRaw(client.url, bytes)).split('\r\n\r\n')
      assert.ok(head.startsWith(`HTTP/1.1 ${status}`), head)
      const problem = JSON.parse(body ?? '')
      assert.equal(problem.code, code)
      assert.match(problem.request_id, /^[\da-f-]{36}$/)
      assert.ok(head.includes(`\r\nX-Request-Id: ${problem.request_id}`), head)
    }
    assert.equal((await client.get('/')).status, 200)
  })

  test('a request for another protocol is answered in ours, and closed', async () => {
    const upgrade = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'
    const startedAt = performance.now()
    const said = await sendRaw(client.url, upgrade)
    assert.match(said, /^HTTP\/1.1 200 OK\r\n(.+\r\n)*connection: close\r\n/i)
    assert.ok(performance.now() - startedAt < 2_000, 'the connection is closed with the answer')
  })

  test('a request that names no host is refused', async () => {
    assert.match(await sendRaw(client.url, 'GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1.1 403/)
  })
})

const statuses = (said: string) =>
  [...said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))

describe('of several requests in one packet', () => {
  const good = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const slow = 'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const chunked = 'HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n'

  test('those before one with two hosts are answered, and none after it', async () => {
    const twoHosts = 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n'
    for (const first of [good, slow])
      assert.deepEqual(statuses(await sendRaw(client.url, first + twoHosts + good)), [200, 400])
  })

  test('those before one with a broken body are answered, and that one once', async () => {
    const broken = (type: string) => `POST /things ${chunked}Content-Type: ${type}\r\n\r\nzz\r\n`
    for (const [first, type, status] of [
      [good, 'application/json', 400],
      [slow, 'application/json', 400],
      // Refused by its head, while the one before it is still being answered.
      [slow, 'text/plain', 415],
    ] as const) {
      const startedAt = performance.now()
      assert.deepEqual(statuses(await sendRaw(client.url, first + broken(type))), [200, status])
      assert.ok(performance.now() - startedAt < 2_000)
    }
  })
})

describe('a connection', () => {
  test('is closed at once after a head that nobody should answer, however its body goes on', async () => {
    const startedAt = performance.now()
    const head = 'POST /things HTTP/1.1\r\nHost: a\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n'
    const said = await sendRaw(client.url, `${head}5\r\nabc`)
    assert.match(said, /^HTTP\/1.1 400 .+\r\n(.+\r\n)*connection: close\r\n/i)
    assert.ok(performance.now() - startedAt < 2_000)
  })

  test('is closed after a body that is refused, where its sender asked for that', async () => {
    const body = 'x'.repeat(1_000_000)
    for (const head of ['HTTP/1.1\r\nConnection: close', 'HTTP/1.0']) {
      const startedAt = performance.now()
      const type = `Content-Type: application/json\r\nContent-Length: ${body.length}`
      const request = `POST /things ${head}\r\nHost: localhost\r\n${type}\r\n\r\n${body}`
      assert.deepEqual(statuses(await sendRaw(client.url, request)), [413])
      const pieces = `POST /nowhere ${head}\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`
      const inPieces = head.startsWith('HTTP/1.1') ? `${pieces}1\r\nx\r\n0\r\n\r\n` : request
      await sendRaw(client.url, inPieces)
      assert.ok(performance.now() - startedAt < 2_000, head)
    }
  })
})

test('a stop does not wait for bodies that do not arrive', async () => {
  const routes = async (app: App) =>
    void app.post('/things', { config, schema: { body: Type.Object({}) } }, async ({ body }) => body)
  const stopping = await createHttpServer({ ...options, routes })
  const url = await listen(stopping, options.config)
  const head = 'POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n'
  const said = ['application/json', 'multipart/form-data'].map((type) =>
    sendRaw(url, `${head}Content-Type: ${type}\r\n\r\n{`),
  )
  await sleep(100)
  const startedAt = performance.now()
  await stopping.close()
  assert.ok(performance.now() - startedAt < 5_000)
  assert.deepEqual((await Promise.all(said)).map(statuses), [[408], [415]])
})

test('a stop does not wait for connections that say nothing, or half of something', async () => {
  const stopping = await createHttpServer(options)
  const url = await listen(stopping, options.config)
  const said = ['', 'GET / HTTP/1.1\r\nHo', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /'].map((bytes) =>
    sendRaw(url, bytes),
  )
  await sleep(100)
  const startedAt = performance.now()
  await stopping.close()
  assert.ok(performance.now() - startedAt < 2_000)
  const heard = await Promise.all(said.map((each) => each.catch(() => '')))
  assert.deepEqual(heard.map(statuses), [[], [], [200]])
})

describe('other origins', () => {
  const ask = (origin: string, method: string) =>
    client.send('OPTIONS', '/things/1', undefined, { origin, 'access-control-request-method': method })

  test('that are configured may use every method and see what they need', async () => {
    const { status, headers } = await ask('http://pages.example', 'DELETE')
    assert.equal(status, 204)
    assert.equal(headers['access-control-allow-origin'], 'http://pages.example')
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      assert.ok(String(headers['access-control-allow-methods']).includes(method), method)
    const origin = { origin: 'http://pages.example' }
    assert.equal((await client.post('/things', {}, origin)).status, 200)
    assert.match(String((await client.get('/', origin)).headers['access-control-expose-headers']), /ETag/)
  })

  test('that are not get no leave', async () => {
    const { headers } = await ask('http://evil.example', 'DELETE')
    assert.equal(headers['access-control-allow-origin'], undefined)
    assert.equal((await client.post('/things', {}, { origin: 'http://evil.example' })).status, 403)
  })
})

test('/internal is in a contract of its own', async () => {
  assert.deepEqual(
    Object.keys((await client.get('/openapi.json')).body.paths).sort(),
    [
      '/',
      '/health',
      '/livez',
      '/list',
      '/odd',
      '/broken',
      '/readyz',
      '/slow',
      '/things',
      '/things/{thing_id}',
    ].sort(),
  )
  const contract = (app as unknown as { internalContract: () => { paths: object } }).internalContract()
  assert.deepEqual(Object.keys(contract.paths), ['/internal/things'])
})

test('a parameter with a default is described as one that may be left out', async () => {
  const { paths } = (await client.get('/openapi.json')).body
  const required = paths['/list'].get.parameters.map(
    ({ name, required = false }: Record<string, unknown>) => [name, required],
  )
  assert.deepEqual(required, [
    ['limit', false],
    ['of', true],
  ])
})

test('a route is described with the refusals that it can give', async () => {
  const { paths } = (await client.get('/openapi.json')).body
  const statuses = (path: string, method = 'get') => Object.keys(paths[path][method].responses).map(Number)
  assert.deepEqual(statuses('/health'), [200, 403])
  assert.deepEqual(statuses('/readyz'), [200, 403, 503])
  assert.deepEqual(statuses('/things', 'post'), [403, 413, 415, 422, 503])
})

test('the log names routes, not addresses, and leaves probes out', async () => {
  lines.length = 0
  await client.delete('/things/4711?sig=secret')
  for (const probe of ['/health', '/livez', '/readyz']) await client.get(probe)
  const [request, ...more] = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request')
  assert.deepEqual(
    [request.method, request.route, request.status, more],
    ['DELETE', '/things/:thing_id', 204, []],
  )
  assert.doesNotMatch(lines.join(''), /4711|sig=/)
})
