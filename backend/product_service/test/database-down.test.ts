import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { raw } from '@tallyshop/service-kit/postgres'
import { type Answer, createClient } from '@tallyshop/service-kit/test-support/http'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import {
  createScratchDatabase,
  endConnections,
  type ScratchDatabase,
} from '@tallyshop/service-kit/test-support/scratch-database'
import { startTcpProxy, type TcpProxy } from '@tallyshop/service-kit/test-support/tcp-proxy'
import { startProductService } from '../src/service.ts'
import { fileForm, plain } from './pictures.ts'
import { addProduct, teapot } from './products.ts'
import { scratchConfig, scratchStorage } from './scratch-service.ts'

let database: ScratchDatabase
let proxy: TcpProxy
let stop: () => Promise<void>
let url: string
before(async () => {
  database = await createScratchDatabase()
  proxy = await startTcpProxy(database.config.host, database.config.port)
  const config = scratchConfig({ ...database.config, host: '127.0.0.1', port: proxy.port })
  const service = await startProductService(
    { ...config, blobStorage: scratchStorage().blobStorage },
    captureLog().log,
  )
  url = service.url
  stop = service.stop
  await addProduct(createClient(url))
})
after(async () => {
  await stop()
  await proxy.close()
  await database.drop()
})

const secret = 'Bearer the secret between the services'
const client = () => createClient(url, { authorization: secret })
const calls = async () =>
  [
    ['GET', '/products'],
    ['GET', '/products/1'],
    ['POST', '/products', teapot],
    ['PUT', '/products/1', { price: 5 }],
    ['DELETE', '/products/1'],
    ['POST', '/products/1/stock-adjustments', { delta: 1, reason: 'found' }],
    ['GET', '/products/1/stock-movements'],
    ['POST', '/products/1/upload-image', fileForm(await plain(9, 9), 'image/png')],
    ['PUT', `/internal/allocations/${randomUUID()}`, { lines: [{ product_id: 1, quantity: 1 }] }],
    ['PUT', `/internal/allocations/${randomUUID()}/abandonment`],
    ['DELETE', `/internal/allocations/${randomUUID()}`],
  ] as const

function assertUnavailable({ status, body, headers }: Answer, call: string, codes = ['unavailable']) {
  assert.deepEqual([status, headers['retry-after']], [503, '1'], call)
  assert.ok(codes.includes(body.code), `${call}: ${body.code}`)
}

test('every call is 503 while the database is down, and readiness names it', async () => {
  proxy.cut()
  for (const [method, path, body] of await calls()) {
    const startedAt = performance.now()
    assertUnavailable(await client().send(method, path, body), `${method} ${path}`)
    assert.ok(performance.now() - startedAt < 3_000, `${method} ${path} is answered at once`)
  }
  const ready = await client().get('/readyz')
  assert.deepEqual([ready.status, ready.body.missing], [503, ['database']])
  assert.equal((await client().get('/livez')).status, 200, 'the process lives')
  assert.equal((await client().post('/products', { price: 0 })).status, 422, 'bad input is still bad input')
})

test('it recovers at once when the database is back, and what was refused was not done', async () => {
  proxy.cut()
  for (let i = 0; i < 40; i++) assertUnavailable(await client().get('/products'), 'GET /products')
  proxy.restore()
  const startedAt = performance.now()
  assert.equal((await client().get('/products')).status, 200)
  assert.ok(performance.now() - startedAt < 3_000)
  const products = await database.sql`select price, stock_quantity from products where deleted_at is null`
  assert.deepEqual(
    products.map((row) => ({ ...row })),
    [{ price: 24.9, stockQuantity: 10 }],
  )
  assert.equal((await database.sql`select from allocations`).length, 0)
  assert.equal((await client().get('/readyz')).status, 200)
})

test('what is answered while connections break is true: done once or not at all', {
  timeout: 20_000,
}, async () => {
  const { product_id: id } = await addProduct(client(), { stock_quantity: 100_000 })
  const adjust = () => client().post(`/products/${id}/stock-adjustments`, { delta: -1, reason: 'sold' })
  let done = 0
  let over = false
  const worker = async () => {
    while (!over) {
      const answer = await adjust()
      if (answer.status === 200) done++
      else assertUnavailable(answer, 'adjustment', ['unavailable', 'outcome_unknown'])
      await sleep(2)
    }
  }
  const workers = Array.from({ length: 12 }, worker)
  for (let i = 0; i < 6; i++) {
    for (const goal = done + 10; done < goal && !over; ) await sleep(5)
    if (i % 2) await endConnections(database)
    else {
      proxy.cut()
      await sleep(30)
      proxy.restore()
    }
  }
  over = true
  await Promise.all(workers)
  const [row] = await database.sql`select stock_quantity, (select sum(delta) from stock_movements m
    where m.product_id = p.product_id)::bigint as total from products p where product_id = ${id}`
  assert.equal(row?.stockQuantity, row?.total)
  // An adjustment whose answer was lost may have been done: never more answers than adjustments.
  const lost = 100_000 - row?.stockQuantity - done
  assert.ok(done >= 60 && lost >= 0 && lost <= 12 * 6, `${done} answered, ${lost} more done`)
})

test('a server that cannot write is 503 for who writes, changes nothing, and reading goes on', async () => {
  const { product_id: id } = await addProduct(client(), { stock_quantity: 7 })
  for (const code of ['53100', '58030', '25006', 'XX000', '40001']) {
    await database.sql`create function fail() returns trigger language plpgsql as ${raw(
      `$$ begin raise exception 'sick' using errcode = '${code}'; end $$`,
    )}`
    for (const table of ['products', 'stock_movements', 'allocations']) {
      await database.sql`create trigger sick before insert or update on ${raw(table)} execute function fail()`
    }
    const lines = { lines: [{ product_id: id, quantity: 1 }] }
    for (const [method, path, body] of [
      ['POST', '/products', teapot],
      ['PUT', `/products/${id}`, { price: 5 }],
      ['DELETE', `/products/${id}`],
      ['POST', `/products/${id}/stock-adjustments`, { delta: 1, reason: 'found' }],
      ['PUT', `/internal/allocations/${randomUUID()}`, lines],
      ['DELETE', `/internal/allocations/${randomUUID()}`],
    ] as const) {
      assertUnavailable(await client().send(method, path, body), `${code} ${method} ${path}`)
    }
    assert.equal((await client().get(`/products/${id}`)).body.stock_quantity, 7)
    await database.sql`drop function fail() cascade`
  }
  assert.equal((await client().put(`/products/${id}`, { price: 5 })).status, 200)
})
