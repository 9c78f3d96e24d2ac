import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, fake } = suite

test('the service says who it is and that it lives', async () => {
  assert.deepEqual((await client.get('/')).body, { message: 'Welcome to the Order Service!' })
  for (const path of ['/health', '/livez', '/health/']) {
    assert.deepEqual((await client.get(path)).body, { status: 'ok', service: 'order-service' })
  }
  const docs = await client.get('/docs/')
  assert.deepEqual([docs.status, docs.headers['content-type']], [200, 'text/html; charset=utf-8'])
})

const documented = {
  '/orders': {
    get: [200, 403, 422, 503],
    post: [201, 403, 409, 413, 415, 422, 503],
  },
  '/orders/{order_id}': { get: [200, 403, 404, 503], delete: [204, 403, 404, 503] },
  '/orders/{order_id}/items': { get: [200, 403, 404, 503] },
  '/orders/{order_id}/status': { patch: [200, 403, 404, 409, 422, 503] },
}

test('its description names every call of an order with every status that it answers', async () => {
  const { body } = await client.get('/openapi.json')
  assert.match(body.openapi, /^3\.1/)
  const found = Object.entries(body.paths)
    .filter(([path]) => path.startsWith('/orders'))
    .map(([path, calls]) => [
      path.replace(/\/$/, ''),
      Object.fromEntries(
        Object.entries(calls as Record<string, { responses: object }>).map(([method, { responses }]) => [
          method,
          Object.keys(responses).map(Number).sort(),
        ]),
      ),
    ])
  assert.deepEqual(Object.fromEntries(found), documented)
  assert.ok(!JSON.stringify(body.paths).includes('/internal'))
})

test('its description offers the headers that placing an order reads', async () => {
  const { body } = await client.get('/openapi.json')
  const [, calls] = Object.entries(body.paths).find(([path]) => /^\/orders\/?$/.test(path)) ?? []
  const { parameters = [] } = (calls as { post: { parameters?: { in: string; name: string }[] } }).post
  const headers = parameters
    .filter((parameter) => parameter.in === 'header')
    .map(({ name }) => name.toLowerCase())
  assert.ok(headers.includes('idempotency-key'), `headers: ${headers}`)
})

test('another web site and another host name are refused before anything is looked at', async () => {
  const body = { items: [line(fake.addProduct())] }
  const foreign = await client.post('/orders/', body, { origin: 'https://evil.example' })
  assert.deepEqual([foreign.status, foreign.body.code], [403, 'foreign_origin'])
  const rebound = await client.get('/orders/', { host: 'evil.example' })
  assert.deepEqual([rebound.status, rebound.body.code], [403, 'unknown_host'])
  assert.equal(fake.calls.length, 0)
})

test('there is no way into the service that only other services may go', async () => {
  assert.equal((await client.get('/internal/allocations/1')).status, 404)
})
