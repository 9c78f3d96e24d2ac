import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Answer } from '@tallyshop/service-kit/test-support/http'
import { startTcpProxy, type TcpProxy } from '@tallyshop/service-kit/test-support/tcp-proxy'
import sharp from 'sharp'
import { type Operation, readOperations } from './fuzz/contracts.ts'
import { createBodyCheck } from './fuzz/documented-answers.ts'
import { type Services, startServices } from './fuzz/services.ts'

type Ask = { path: string; body?: object | string | ReadableStream; headers: Record<string, string> }
/** Makes of a request that is right one that is answered with a certain status. */
type Spoil = (right: Ask, operation: Operation) => Ask | Promise<Ask>

const operations = readOperations()
const faultsInBody = createBodyCheck()
let database: TcpProxy
let shop: Services

before(async () => {
  database = await startTcpProxy(process.env.POSTGRES_HOST ?? '', Number(process.env.POSTGRES_PORT))
  const through = { POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: String(database.port) }
  shop = await startServices({ ...process.env, ...through, LOG_LEVEL: 'silent' })
})
after(async () => {
  await shop.stop()
  await database.close()
})

/** Wherever they are documented, these are reached in one way. */
const everywhere: Record<number, Spoil> = {
  200: (right) => right,
  201: (right) => right,
  204: (right) => right,
  401: (right) => withHeaders(right, { authorization: 'Bearer nonsense' }),
  403: (right) => withHeaders(right, { host: 'evil.example' }),
  404: (right) => ({ ...right, path: right.path.replace(/\d+|[\da-f-]{36}/, '2147483647') }),
  413: (right) => ({ ...right, body: ' '.repeat(70_000) }),
  415: (right) => withHeaders({ ...right, body: 'text' }, { 'content-type': 'text/plain' }),
  503: (right) => {
    database.cut()
    return right
  },
}

const noJson: Spoil = (right) => ({ ...right, body: 'no JSON' })
const withQuery =
  (query: string): Spoil =>
  (right) => ({ ...right, path: `${right.path.split('?')[0]}?${query}` })
const ifNoneMatch: Spoil = (right) => withHeaders(right, { 'if-none-match': '*' })

/** What belongs to one operation alone. */
const single: Record<string, Spoil> = {
  'product POST /products 422': noJson,
  'product GET /products 304': ifNoneMatch,
  'product GET /products 422': withQuery('limit=0'),
  'product GET /products/{product_id} 304': ifNoneMatch,
  'product PUT /products/{product_id} 412': (right) => withHeaders(right, { 'if-match': '"0.0.0.x"' }),
  'product PUT /products/{product_id} 422': noJson,
  'product POST /products/{product_id}/stock-adjustments 409': (right) => ({
    ...right,
    body: { delta: -1_000_000_000, reason: 'all of it' },
  }),
  'product POST /products/{product_id}/stock-adjustments 422': noJson,
  'product GET /products/{product_id}/stock-movements 422': withQuery('after=0'),
  'product POST /products/{product_id}/upload-image 400': (right) => ({ ...right, body: form('picture') }),
  'product POST /products/{product_id}/upload-image 408': (right) => ({ ...right, body: halfAForm() }),
  'product POST /products/{product_id}/upload-image 413': (right) => ({
    ...right,
    body: form('file', Buffer.alloc(10 * 1024 * 1024 + 1)),
  }),
  'product POST /products/{product_id}/upload-image 422': (right) => ({
    ...right,
    body: form('file', Buffer.from('no picture')),
  }),
  'product PUT /internal/allocations/{order_uid} 422': noJson,
  'order POST /orders 409': async (right) => ({
    ...right,
    body: { items: [{ product_id: await newProduct(), quantity: 999 }] },
  }),
  'order POST /orders 422': noJson,
  'order GET /orders 422': withQuery('status=lost'),
  'order PATCH /orders/{order_id}/status 422': withQuery('new_status=lost'),
  'order PATCH /orders/{order_id}/status 409': async (right) => {
    await shop.order.client.patch(`${right.path.split('?')[0]}?new_status=delivered`)
    return right
  },
}

const documented = operations.flatMap((operation) =>
  [...operation.answers.keys()].map((status) => ({ operation, status, name: `${operation.name} ${status}` })),
)

for (const { operation, status, name } of documented) {
  test(`${name} is answered`, async () => {
    const spoil = single[name] ?? everywhere[status]
    assert.ok(spoil, 'no scenario reaches this status: add one here, or take it out of the description')
    const ask = await spoil(await rightRequest(operation), operation)
    const answer = await send(operation, ask).finally(database.restore)
    assert.deepEqual([answer.status, faultsInBody(operation, status, answer.body)], [status, []], answer.text)
  })
}

test('no scenario is for what is not documented', () => {
  const names = documented.map(({ name }) => name)
  assert.deepEqual(
    Object.keys(single).filter((name) => !names.includes(name)),
    [],
  )
})

async function send({ service, method }: Operation, { path, body, headers }: Ask): Promise<Answer> {
  const { client } = shop[service]
  if (!(body instanceof ReadableStream)) return client.send(method, path, body, headers)
  const type = { 'content-type': 'multipart/form-data; boundary=x' }
  const signal = AbortSignal.timeout(30_000)
  const streamed = { method, headers: { ...headers, ...type }, body, duplex: 'half' as const, signal }
  const response = await fetch(`${client.url}${path}`, streamed)
  const text = await response.text()
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text,
    body: JSON.parse(text),
  }
}

/** A request that is right, for a product or an order of its own. */
async function rightRequest({ name, path, internal }: Operation): Promise<Ask> {
  const productId = await newProduct()
  const orderId = path.includes('{order_id}') ? await newOrder(productId) : 0
  const lines = [{ product_id: productId, quantity: 1 }]
  const bodies: Record<string, object> = {
    'product POST /products': vase,
    'product PUT /products/{product_id}': { price: 5 },
    'product POST /products/{product_id}/stock-adjustments': { delta: 1, reason: 'found' },
    'product POST /products/{product_id}/upload-image': form('file', await picture()),
    'product PUT /internal/allocations/{order_uid}': { lines },
    'order POST /orders': { items: lines },
  }
  const filled = path
    .replace('{product_id}', String(productId))
    .replace('{order_id}', String(orderId))
    .replace('{order_uid}', randomUUID())
  return {
    path: path.endsWith('/status') ? `${filled}?new_status=processing` : filled,
    headers: internal ? { authorization: `Bearer ${shop.secret}` } : {},
    ...(bodies[name] && { body: bodies[name] }),
  }
}

const vase = { name: 'Vase', price: 19.99, stock_quantity: 10 }

async function newProduct(): Promise<number> {
  return (await shop.product.client.post('/products', vase)).body.product_id
}

async function newOrder(productId: number): Promise<number> {
  const items = [{ product_id: productId, quantity: 1 }]
  return (await shop.order.client.post('/orders', { items })).body.order_id
}

function form(field: string, bytes: Buffer = Buffer.from('bytes')): FormData {
  const data = new FormData()
  data.set(field, new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'a.png')
  return data
}

/** Comes no further than the first bytes of its file. */
function halfAForm(): ReadableStream {
  const head = 'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png'
  const start = new TextEncoder().encode(`--x\r\n${head}\r\n\r\nhalf a picture`)
  return new ReadableStream({ start: (controller) => controller.enqueue(start) })
}

function picture(): Promise<Buffer> {
  return sharp({ create: { width: 9, height: 9, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
}

function withHeaders(right: Ask, headers: Record<string, string>): Ask {
  return { ...right, headers: { ...right.headers, ...headers } }
}
