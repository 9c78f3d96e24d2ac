import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '@tallyshop/service-kit/test-support/scratch-database'
import { startProductService } from '../src/service.ts'
import { addProduct } from './products.ts'
import { scratchConfig } from './scratch-service.ts'

let database: ScratchDatabase
before(async () => {
  database = await createScratchDatabase()
})
after(() => database.drop())

const start = (changes: Partial<ScratchDatabase['config']> = {}) =>
  startProductService(scratchConfig({ ...database.config, ...changes }), captureLog().log)

test('three replicas that start at once on an empty database all serve it', async () => {
  const replicas = await Promise.all([start(), start(), start()])
  try {
    const shops = replicas.map(({ url }) => createClient(url))
    const ids = await Promise.all(shops.map((shop) => addProduct(shop)))
    assert.equal(new Set(ids.map(({ product_id }) => product_id)).size, 3)
    for (const shop of shops) {
      assert.equal((await shop.get('/readyz')).status, 200)
      assert.equal((await shop.get('/products')).body.length, 3)
    }
    const applied = await database.sql`select name from schema_migrations`
    assert.ok(applied.length > 0 && applied.length === new Set(applied.map(({ name }) => name)).size)
  } finally {
    await Promise.all(replicas.map(({ stop }) => stop()))
  }
})

test('a stop lets the request that is being served finish, and then refuses', async () => {
  const service = await start()
  const shop = createClient(service.url)
  const { product_id } = await addProduct(shop)
  const { edit, stopped, startedAt } = await database.sql.begin(async (tx) => {
    await tx`select from products where product_id = ${product_id} for update`
    const edit = shop.put(`/products/${product_id}`, { name: 'Saved' })
    await sleep(100)
    const startedAt = performance.now()
    const stopped = service.stop()
    await sleep(100)
    await assert.rejects(shop.get('/health'), /ECONNREFUSED/)
    return { edit, stopped, startedAt }
  })
  assert.equal((await edit).status, 200)
  await stopped
  assert.ok(
    performance.now() - startedAt < 3_000,
    'a connection that is kept alive does not hold the stop up',
  )
  const [row] = await database.sql`select name from products where product_id = ${product_id}`
  assert.equal(row?.name, 'Saved')
})

test('it is not ready on a database that may forget, unless that is a scratch one', async () => {
  const [setting] = await database.sql`select current_setting('fsync') as fsync`
  const service = await start({ scratch: false })
  const { status, body } = await createClient(service.url).get('/readyz')
  await service.stop()
  const forgetful = setting?.fsync === 'off'
  assert.deepEqual([status, body.missing], forgetful ? [503, ['durable database (fsync is off)']] : [200, []])
})

test('it is not ready while a migration is missing, and says which', async () => {
  const service = await start()
  const shop = createClient(service.url)
  const [kept] =
    await database.sql`delete from schema_migrations where name = '0001-products.sql' returning *`
  const { status, body } = await shop.get('/readyz')
  await database.sql`
    insert into schema_migrations (name, checksum) values (${kept?.name}, ${kept?.checksum})`
  assert.deepEqual([status, body.missing], [503, ['migration 0001-products.sql']])
  assert.equal((await shop.get('/readyz')).status, 200)
  await service.stop()
})

test('a port that is taken stops the start, and who has it goes on', async () => {
  const service = await start()
  const config = scratchConfig(database.config)
  const taken = { ...config, http: { ...config.http, port: Number(new URL(service.url).port) } }
  await assert.rejects(startProductService(taken, captureLog().log), /EADDRINUSE/)
  assert.equal((await createClient(service.url).get('/readyz')).status, 200)
  await service.stop()
})
