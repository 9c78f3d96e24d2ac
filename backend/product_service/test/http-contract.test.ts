import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { addProduct } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
before(async () => {
  service = await startScratchService()
  await addProduct(service.shop)
})
after(() => service.stop())

describe('every address', () => {
  test('is the same with and without the slash at its end', async () => {
    for (const path of [
      '/products',
      '/products/1',
      '/products/1/stock-movements',
      '/health',
      '/openapi.json',
    ]) {
      const [plain, slashed] = [await service.shop.get(path), await service.shop.get(`${path}/`)]
      assert.deepEqual([plain.status, slashed.status], [200, 200], path)
      assert.deepEqual(slashed.body, plain.body)
    }
  })

  test('takes over the id of a request, and makes one where there is none that it can use', async () => {
    const given = await service.shop.get('/products/77', { 'x-request-id': 'from-the-front.1' })
    assert.deepEqual(
      [given.headers['x-request-id'], given.body.request_id],
      ['from-the-front.1', 'from-the-front.1'],
    )
    for (const id of [undefined, '', 'two words', 'x'.repeat(101), '<b>', '"']) {
      const { headers, body } = await service.shop.get('/nowhere', { 'x-request-id': id })
      assert.match(String(headers['x-request-id']), /^[\da-f-]{36}$/)
      assert.equal(body.request_id, headers['x-request-id'])
    }
    assert.ok(service.logLines.some((line) => JSON.parse(line).request_id === 'from-the-front.1'))
  })

  test('answers an error in one shape', async () => {
    for (const [method, path, status, code, detail] of [
      ['GET', '/nowhere', 404, 'not_found', 'Not Found'],
      ['GET', '/products/77', 404, 'product_not_found', 'Product not found'],
      ['PATCH', '/products', 405, 'method_not_allowed', 'Method Not Allowed'],
      ['GET', '/%ff', 400, 'bad_request', 'Bad Request'],
    ] as const) {
      const answer = await service.shop.send(method, path)
      const { request_id, ...problem } = answer.body
      assert.deepEqual([answer.status, problem], [status, { detail, code }])
      assert.equal(request_id, answer.headers['x-request-id'])
    }
  })

  test('refuses a method it does not know and names those it does', async () => {
    for (const [method, path, allow] of [
      ['PATCH', '/products', 'POST, GET, HEAD'],
      ['DELETE', '/products/', 'POST, GET, HEAD'],
      ['POST', '/products/1', 'GET, HEAD, PUT, DELETE'],
      ['OPTIONS', '/products/abc', 'GET, HEAD, PUT, DELETE'],
      ['GET', '/products/1/upload-image', 'POST'],
      ['POST', '/health', 'GET, HEAD'],
    ] as const) {
      const { status, headers } = await service.shop.send(method, path)
      assert.deepEqual([status, headers.allow], [405, allow], `${method} ${path}`)
    }
  })

  test('answers HEAD as it answers GET, without the body', async () => {
    const { status, text, headers } = await service.shop.send('HEAD', '/products/1')
    assert.deepEqual([status, text], [200, ''])
    assert.ok(headers.etag)
  })
})

describe('the service itself', () => {
  test('welcomes, lives and is ready', async () => {
    assert.deepEqual((await service.shop.get('/')).body, { message: 'Welcome to the Product Service!' })
    for (const path of ['/health', '/livez']) {
      assert.deepEqual((await service.shop.get(path)).body, { status: 'ok', service: 'product-service' })
    }
    const ready = await service.shop.get('/readyz')
    assert.deepEqual(
      [ready.status, ready.body],
      [200, { status: 'ok', service: 'product-service', missing: [] }],
    )
  })

  test('shows its contract in Swagger UI, from its own files', async () => {
    const page = await service.shop.get('/docs')
    assert.equal(page.status, 200)
    assert.match(String(page.headers['content-type']), /^text\/html/)
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => String(source))
    assert.ok(sources.length > 2)
    for (const source of sources) {
      const { pathname } = new URL(source, `${service.shop.url}/docs`)
      assert.equal(new URL(source, `${service.shop.url}/docs`).origin, service.shop.url)
      assert.equal((await service.shop.get(pathname)).status, 200, source)
    }
  })

  test('describes every route of the shop, its refusals too', async () => {
    const { openapi, paths } = (await service.shop.get('/openapi.json')).body
    assert.match(openapi, /^3\.1/)
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods as object).map(
        ([method, { responses }]) => `${method} ${path} ${Object.keys(responses).sort().join(' ')}`,
      ),
    )
    assert.deepEqual(described.sort(), [
      'delete /products/{product_id} 204 403 404 503',
      'get / 200 403',
      'get /health 200 403',
      'get /livez 200 403',
      'get /products 200 304 403 422 503',
      'get /products/{product_id} 200 304 403 404 503',
      'get /products/{product_id}/stock-movements 200 403 404 422 503',
      'get /readyz 200 403 503',
      'post /products 201 403 413 415 422 503',
      'post /products/{product_id}/stock-adjustments 200 403 404 409 413 415 422 503',
      'post /products/{product_id}/upload-image 200 400 403 404 408 413 415 422 503',
      'put /products/{product_id} 200 403 404 412 413 415 422 503',
    ])
  })

  test('sends headers that keep a browser from guessing', async () => {
    const { headers } = await service.shop.get('/products/1')
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['cache-control'], 'no-cache')
  })

  test('says nothing of its inside when it fails, logs the cause, and goes on', async () => {
    await service.sql`alter table products rename to elsewhere`
    const { status, body } = await service.shop.get('/products/1', { 'x-request-id': 'broken' })
    assert.deepEqual(
      [status, body],
      [500, { detail: 'Internal Server Error', code: 'internal_error', request_id: 'broken' }],
    )
    const logged = service.logLines.map((line) => JSON.parse(line)).find(({ level }) => level === 50)
    assert.match(logged.err.message, /relation "products" does not exist/)
    await service.sql`alter table elsewhere rename to products`
    assert.equal((await service.shop.get('/products/1')).status, 200)
  })
})
