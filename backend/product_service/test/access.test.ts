import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { addProduct } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
before(async () => {
  service = await startScratchService()
  await addProduct(service.shop)
})
after(() => service.stop())

const internal = () => {
  const allocation = `/internal/allocations/${randomUUID()}`
  const lines = [{ product_id: 1, quantity: 1 }]
  return [
    ['PUT', allocation, { lines }],
    ['DELETE', allocation],
    ['PUT', `${allocation}/abandonment`],
  ] as const
}

describe('/internal', () => {
  test('refuses whoever does not show the secret of the services, before it looks at anything', async () => {
    const wrong = [
      '',
      'Bearer',
      'Bearer wrong',
      'Basic dGhl',
      `bearer ${'x'.repeat(31)}`,
      'Bearer the secret',
    ]
    for (const [method, path, body] of internal()) {
      for (const authorization of [undefined, ...wrong]) {
        const answer = await service.shop.send(method, path, body, { authorization })
        assert.deepEqual(
          [answer.status, answer.body.code],
          [401, 'unauthorized'],
          `${method} ${authorization}`,
        )
        assert.equal(answer.headers['www-authenticate'], 'Bearer')
      }
    }
    const notEvenJson = await service.shop.put('/internal/allocations/x', '{', { authorization: 'Bearer no' })
    assert.equal(notEvenJson.status, 401)
    assert.equal((await service.sql`select from allocations`).length, 0)
  })

  test('serves whoever shows it', async () => {
    for (const [method, path, body] of internal()) {
      assert.equal((await service.orders.send(method, path, body)).status, 200, `${method} ${path}`)
    }
  })

  test('is not in the public contract', async () => {
    const { body } = await service.shop.get('/openapi.json')
    assert.ok('/products/{product_id}' in body.paths)
    assert.doesNotMatch(JSON.stringify(body), /internal|allocation/i)
  })
})

describe('while everyone is staff', () => {
  test('a host name that is not ours is refused, at every address', async () => {
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      'evillocalhost',
      '127.0.0.1.evil.example',
      '10.0.0.1:8000',
    ]) {
      for (const path of ['/products', '/health', '/nowhere', '/docs']) {
        const { status, body } = await service.shop.get(path, { host })
        assert.deepEqual([status, body.code], [403, 'unknown_host'], `${host}${path}`)
      }
    }
  })

  test('the names of this machine and of the service are answered to', async () => {
    const names = [
      'localhost',
      'LOCALHOST:3000',
      '127.0.0.1:8000',
      '127.8.8.8',
      '[::1]:8000',
      'shop.localhost',
    ]
    for (const host of [...names, 'product-service:8000', 'product_service']) {
      assert.equal((await service.shop.get('/products', { host })).status, 200, host)
    }
  })

  test('a page of another site changes nothing, whatever the method', async () => {
    for (const origin of [
      'http://evil.example',
      'http://localhost:9999',
      'https://localhost:3000',
      'null',
      'x',
    ]) {
      for (const [method, path] of [
        ['POST', '/products'],
        ['PUT', '/products/1'],
        ['DELETE', '/products/1'],
        ['POST', '/products/1/upload-image'],
        ['POST', '/products/1/stock-adjustments'],
      ] as const) {
        const { status, body } = await service.shop.send(method, path, undefined, { origin })
        assert.deepEqual([status, body.code], [403, 'foreign_origin'], `${method} ${path} from ${origin}`)
      }
    }
    assert.equal((await service.shop.get('/products/1')).status, 200)
  })

  test('our own pages may, and so may the page of Swagger UI and a script', async () => {
    const own = new URL(service.shop.url).origin
    for (const origin of ['http://localhost:3000', own, undefined]) {
      const { status } = await service.shop.put('/products/1', { name: 'Cup' }, { origin })
      assert.equal(status, 200, origin)
    }
    assert.equal((await service.shop.get('/products', { origin: 'http://evil.example' })).status, 200)
  })
})
