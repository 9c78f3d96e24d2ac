import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { backUp } from '@tallyshop/operations/backup/back-up'
import type { DatabaseName } from '@tallyshop/operations/connection'
import { reconcile } from '@tallyshop/operations/reconcile'
import { readMigrationsOf } from '@tallyshop/operations/restore/check-backup'
import { restore } from '@tallyshop/operations/restore/restore'
import { applyMigration } from '@tallyshop/service-kit/migrations'
import { raw } from '@tallyshop/service-kit/postgres'
import { createScratchDatabase } from '@tallyshop/service-kit/test-support/scratch-database'
import {
  type BackupShop,
  makeBackupsFolder,
  readDatabase,
  startBackupShop,
  urlsOf,
} from './support/backup-shop.ts'
import { settled } from './support/filled-shop.ts'

const backups = makeBackupsFolder()
after(() => backups.remove())

/** Long enough for several passes of the order sweeper. */
const whileSweepingMs = 6_000

type Placed = { id: number; uid: string }

const place = async (shop: BackupShop, productId: number): Promise<Placed> => {
  const { body } = await shop.order.post('/orders/', { items: [{ product_id: productId, quantity: 2 }] })
  const [row] = await shop.orderDb.sql`select order_uid from orders where order_id = ${body.order_id}`
  return { id: body.order_id, uid: String(row?.orderUid) }
}

const move = (shop: BackupShop, { id }: Placed, status: string) =>
  shop.order.patch(`/orders/${id}/status?new_status=${status}`)

/** A shop whose orders went on after a backup, and one of whose databases was then restored to that backup. */
async function restoredInPart(shop: BackupShop, only: DatabaseName) {
  const productId = await shop.createProduct(100)
  const placed: Placed[] = []
  for (let i = 0; i < 5; i++) placed.push(await place(shop, productId))
  const [kept, cancelled, deleted, shipped, returned] = placed as [Placed, Placed, Placed, Placed, Placed]
  await move(shop, returned, 'cancelled')
  await settled(shop)
  await backUp(shop.address, backups.folder(only))
  const later = [await place(shop, productId), await place(shop, productId)] as const
  await move(shop, cancelled, 'cancelled')
  await shop.order.delete(`/orders/${deleted.id}`)
  await move(shop, shipped, 'shipped')
  const cancelledLater = await place(shop, productId)
  await move(shop, cancelledLater, 'cancelled')
  await settled(shop)
  await restore(shop.address, backups.folder(only), { only, force: true })
  return { productId, kept, cancelled, deleted, shipped, returned, later, cancelledLater }
}

const readStockAndVerdicts = async ({ productDb }: BackupShop) => ({
  stock: await productDb.sql`select product_id, stock_quantity from products order by 1`,
  verdicts: await productDb.sql`select order_uid, verdict from allocations order by 1`,
  movements: await productDb.sql`select count(*) from stock_movements`,
})

const findUids = async ({ databases }: BackupShop) => {
  const { differences } = await reconcile(databases, { pauseMs: 100 })
  return { uids: differences.map(({ orderUid }) => orderUid).sort(), differences }
}

test('with one database of an earlier moment every order concerned is named, and nothing is freed or sold again silently', async () => {
  const shops = await Promise.all([startBackupShop(), startBackupShop()])
  const [earlierOrders, earlierProducts] = shops
  try {
    const forgotten = await restoredInPart(earlierOrders, 'order_db')
    const unheld = await restoredInPart(earlierProducts, 'product_db')
    const before = await Promise.all(shops.map(readStockAndVerdicts))
    // Held for orders that nobody knows, or returned for orders that are pending again.
    const expectedOfOrders = [...forgotten.later, forgotten.cancelled, forgotten.deleted]
    // Of orders that product_db does not know, those that were cancelled meanwhile included; or held for cancelled ones.
    const expectedOfProducts = [...unheld.later, unheld.cancelledLater, unheld.cancelled, unheld.deleted]
    const found = await findUids(earlierOrders)
    assert.deepEqual(found.uids, expectedOfOrders.map(({ uid }) => uid).sort())
    const ofProducts = await findUids(earlierProducts)
    assert.deepEqual(ofProducts.uids, expectedOfProducts.map(({ uid }) => uid).sort())
    const returnable = ofProducts.differences.filter(({ kind }) => kind === 'not_returned')
    assert.deepEqual(
      returnable.map(({ orderUid }) => orderUid).sort(),
      [unheld.cancelled.uid, unheld.deleted.uid].sort(),
    )
    await sleep(whileSweepingMs)
    assert.deepEqual(await Promise.all(shops.map(readStockAndVerdicts)), before)
    assert.deepEqual(await findUids(earlierOrders), found)

    // Numbers of orders come again, and nothing is confused: what counts is the order's uid.
    const next = await place(earlierOrders, forgotten.productId)
    assert.equal(next.id, forgotten.later[0].id)
    assert.deepEqual((await findUids(earlierOrders)).uids, found.uids)
  } finally {
    await Promise.all(shops.map((shop) => shop.stop()))
  }
})

test('orders that a backup caught in motion go on after a restore, by what the product database knows', async () => {
  const shop = await startBackupShop()
  try {
    const productId = await shop.createProduct(10)
    await shop.stopProductService()
    const key = crypto.randomUUID()
    const body = { items: [{ product_id: productId, quantity: 3 }] }
    const headers = { 'idempotency-key': key }
    assert.equal((await shop.order.post('/orders/', body, headers)).status, 503)
    const { manifest } = await backUp(shop.address, backups.folder('motion'))
    assert.equal(manifest.comparison.inMotion, 1)
    const [placing] = await shop.orderDb.sql`select order_uid from placements where key = ${key}`
    assert.deepEqual(manifest.comparison.ordersInMotion, [placing?.orderUid])
    const beganAt = performance.now()
    await restore(shop.address, backups.folder('motion'), { force: true, underWayMs: 1_500 })
    assert.ok(performance.now() - beganAt > 1_500, 'a verdict that may be under way is waited for')
    await shop.startProductService()
    await settled(shop)
    const answer = await shop.order.post('/orders/', body, headers)
    assert.equal(answer.status, 201)
    assert.equal((await shop.product.get(`/products/${productId}`)).body.stock_quantity, 7)
    assert.deepEqual((await findUids(shop)).uids, [])
  } finally {
    await shop.stop()
  }
})

test('a backup of an earlier schema gets the migrations that came since, without a superuser', async () => {
  const [old, fresh] = [await createPair(), await createPair()]
  const known = { product: await readMigrationsOf('product_db'), order: await readMigrationsOf('order_db') }
  for (const [{ sql }, migrations] of [
    [old.productDb, known.product],
    [old.orderDb, known.order],
  ] as const) {
    for (const migration of migrations.slice(0, 1)) await sql.begin((tx) => applyMigration(tx, migration))
  }
  await old.productDb.sql`insert into products (name, price, stock_quantity) values ('Old vase', 5, 3)`
  await old.productDb.sql`insert into stock_movements (product_id, delta, reason, actor, balance)
    values (1, 3, 'opening', 'staff', 3)`
  const original = await readDatabase(old.productDb.sql)
  await backUp({ urls: urlsOf(old), blobStorage: undefined }, backups.folder('old'))

  const owner = await makeOwner(fresh)
  await fresh.productDb.sql`create extension pg_trgm`
  const address = { urls: owner.urls, blobStorage: undefined }
  await restore(address, backups.folder('old'))
  // As after an upgrade that is taken back.
  await fresh.productDb.sql`create table later (id int); alter table later owner to ${raw(owner.name)};
    insert into schema_migrations (name, checksum) values ('9999-later.sql', '')`
  await restore(address, backups.folder('old'), { force: true })
  const restored = await readDatabase(fresh.productDb.sql)
  for (const [table, rows] of Object.entries(original)) {
    if (table !== 'schema_migrations') assert.deepEqual(restored[table], rows, table)
  }
  assert.deepEqual(restored.schema_migrations?.slice(0, 1), original.schema_migrations)
  assert.equal(restored.schema_migrations?.length, known.product.length)
  assert.deepEqual([restored.image_sweep?.length, restored.later], [1, undefined])
  assert.equal((await fresh.productDb.sql`select from pg_extension where extname = 'pg_trgm'`).count, 1)
  for (const { productDb, orderDb } of [fresh, old]) await Promise.all([productDb.drop(), orderDb.drop()])
  await owner.drop()
})

async function createPair() {
  return { productDb: await createScratchDatabase(), orderDb: await createScratchDatabase() }
}

/** Gives two databases to a user who may do nothing else. */
async function makeOwner(pair: Awaited<ReturnType<typeof createPair>>) {
  const name = `owner_${crypto.randomUUID().replaceAll('-', '')}`
  await pair.productDb.sql`create role ${raw(name)} login password 'owner'`
  for (const { sql, config } of [pair.productDb, pair.orderDb]) {
    await sql`alter database ${raw(config.database)} owner to ${raw(name)}`
  }
  const urls = urlsOf(pair)
  for (const database of ['product_db', 'order_db'] as const) {
    const url = new URL(urls[database])
    ;[url.username, url.password] = [name, 'owner']
    urls[database] = url.href
  }
  const drop = async () => {
    const elsewhere = await createScratchDatabase()
    await elsewhere.sql`drop role ${raw(name)}`
    await elsewhere.drop()
  }
  return { name, urls, drop }
}
