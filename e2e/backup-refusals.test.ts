import assert from 'node:assert/strict'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { backUp } from '@tallyshop/operations/backup/back-up'
import type { ShopAddress } from '@tallyshop/operations/databases'
import { silent } from '@tallyshop/operations/progress'
import { type RestoreOptions, restore } from '@tallyshop/operations/restore/restore'
import { createScratchDatabase } from '@tallyshop/service-kit/test-support/scratch-database'
import { startTcpProxy } from '@tallyshop/service-kit/test-support/tcp-proxy'
import { type BackupShop, makeBackupsFolder, readEverything, startBackupShop } from './support/backup-shop.ts'
import { fillShop } from './support/filled-shop.ts'
import { runBackup, runRestore, runUntil } from './support/operations-process.ts'

const backups = makeBackupsFolder()
const good = backups.folder('good')
let shop: BackupShop

before(async () => {
  shop = await startBackupShop()
  const { productId } = await fillShop(shop)
  await backUp(shop.address, good)
  // From here on both databases differ from the backup.
  await shop.createProduct(77)
  const items = [{ product_id: productId, quantity: 1 }]
  assert.equal((await shop.order.post('/orders/', { items })).status, 201)
})

after(async () => {
  await shop.stop()
  backups.remove()
})

const noStore = (): ShopAddress => {
  const { urls, blobStorage } = shop.address
  assert.ok(blobStorage)
  return { urls, blobStorage: { ...blobStorage, endpoint: `http://127.0.0.1:1/${blobStorage.accountName}` } }
}

/** A copy of the good backup to be spoilt. */
const spoilt = (name: string, spoil: (folder: string) => void) => {
  const folder = backups.folder(name)
  cpSync(good, folder, { recursive: true })
  spoil(folder)
  return folder
}

const flipByte = (path: string, at: number) => {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
}

const blobOf = (folder: string) =>
  readdirSync(join(folder, 'blobs'), { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('.webp'),
  )

/** The restore is refused with such a sentence, and the shop is what it was. */
async function assertRefused(
  folder: string,
  message: RegExp,
  options: RestoreOptions = {},
  address = shop.address,
) {
  const original = await readEverything(shop)
  await assert.rejects(restore(address, folder, { force: true, ...options }), {
    name: 'CannotProceed',
    message,
  })
  assert.deepEqual(await readEverything(shop), original)
}

const damages: [string, RegExp, (folder: string) => void][] = [
  [
    'a table with another byte',
    /products\.copy is not what was written/,
    (folder) => flipByte(join(folder, 'product_db/products.copy'), 20),
  ],
  [
    'a table that ends early',
    /orders\.copy has 9 bytes instead of \d+\./,
    (folder) => truncateSync(join(folder, 'order_db/orders.copy'), 9),
  ],
  [
    'a table that is missing',
    /placements\.copy cannot be read \(ENOENT\)/,
    (folder) => rmSync(join(folder, 'order_db/placements.copy')),
  ],
  [
    'a picture with another byte',
    /\.webp is not what was written/,
    (folder) => flipByte(join(folder, 'blobs', blobOf(folder) ?? ''), 30),
  ],
  [
    'a picture that is missing',
    /\.webp cannot be read \(ENOENT\)/,
    (folder) => rmSync(join(folder, 'blobs', blobOf(folder) ?? '')),
  ],
  [
    'a list of pictures that was changed',
    /blobs\.jsonl is not what was written/,
    (folder) => flipByte(join(folder, 'blobs.jsonl'), 30),
  ],
  [
    'a manifest with another byte',
    /manifest\.json is not what was written/,
    (folder) => flipByte(join(folder, 'manifest.json'), 200),
  ],
  [
    'half a manifest',
    /manifest\.json is not what was written/,
    (folder) => truncateSync(join(folder, 'manifest.json'), 500),
  ],
  [
    'no manifest',
    /^There is no complete backup in .+ written last\.$/,
    (folder) => rmSync(join(folder, 'manifest.json')),
  ],
  [
    'another format',
    /has format 2, and this version reads format 1/,
    (folder) => writeFileSync(join(folder, 'manifest.json'), '{"format": 2}'),
  ],
]

for (const [what, message, spoil] of damages) {
  test(`a backup with ${what} is not restored, and nothing is changed`, async () => {
    await assertRefused(spoilt(what, spoil), message)
  })
}

test('a backup of a newer or a changed schema is not restored, and its migrations are named', async () => {
  const { sql } = shop.orderDb
  await sql`insert into schema_migrations (name, checksum) values ('0099-later.sql', '')`
  await backUp(shop.address, backups.folder('newer'))
  await sql`delete from schema_migrations where name = '0099-later.sql'`
  await assertRefused(
    backups.folder('newer'),
    /order_db has migrations that this one does not know: 0099-later\.sql\.$/,
  )
  const [{ checksum }] = await sql<[{ checksum: string }]>`select checksum from schema_migrations`
  await sql`update schema_migrations set checksum = 'other'`
  await backUp(shop.address, backups.folder('changed'))
  await sql`update schema_migrations set checksum = ${checksum}`
  await assertRefused(backups.folder('changed'), /migrations of order_db differ: 0001-orders\.sql\.$/)
})

test("a database that is not a shop's, or another one, is neither backed up nor replaced, whatever is asked for", async () => {
  const foreign = await createScratchDatabase()
  await foreign.sql`create table accounts (id int)`
  const { host, port, user, password, database } = foreign.config
  const url = `postgres://${user}:${password}@${host}:${port}/${database}`
  const { urls } = shop.address
  const address = { ...shop.address, urls: { ...urls, product_db: url } }
  await assertRefused(good, /^The database of product_db is not a shop's: it has accounts and/, {}, address)
  await assert.rejects(backUp(address, backups.folder('foreign')), /product_db is not a shop's database\.$/)
  assert.equal((await foreign.sql`select * from accounts`).count, 0)
  await foreign.drop()
  const swapped = { ...shop.address, urls: { product_db: urls.order_db, order_db: urls.product_db } }
  await assertRefused(
    good,
    /^The database of order_db is another one: its migrations are 0001-products\.sql/,
    {},
    swapped,
  )
})

test('a store of pictures that is away or not named ends a backup and a restore before anything is changed', async () => {
  await assertRefused(good, /^The pictures could not be stored: .*ECONNREFUSED/, {}, noStore())
  await assertRefused(good, /no storage account is named/, {}, { ...noStore(), blobStorage: undefined })
  await assert.rejects(backUp(noStore(), backups.folder('no store')), /ECONNREFUSED/)
  const unnamed = { ...noStore(), blobStorage: undefined }
  await assert.rejects(
    backUp(unnamed, backups.folder('no store')),
    /^CannotProceed: 2 products have pictures/,
  )
  assert.deepEqual(readdirSync(backups.folder('no store')), [])
})

test('a database that goes away in the middle leaves both as they were', async () => {
  const { host, port } = shop.productDb.config
  for (const line of ['order_db: loading', 'product_db: loading']) {
    const proxy = await startTcpProxy(host, port)
    const through = new URL(shop.address.urls.product_db)
    through.port = String(proxy.port)
    const address = { ...shop.address, urls: { ...shop.address.urls, product_db: through.href } }
    const cut = (said: string) => said.includes(line) && proxy.cut()
    const progress = { ...silent, say: cut }
    await assertRefused(
      good,
      /^product_db cannot be restored; both databases are as they were\./,
      { progress },
      address,
    )
    await proxy.close()
  }
})

test('a table that stays in use ends a restore with a sentence and leaves both databases as they were', async () => {
  await shop.productDb.sql.begin(async (tx) => {
    await tx`lock table products in access share mode`
    const message = /^product_db is in use by others all the time: stop the services, or try again\.$/
    await assertRefused(good, message, { lockPatienceMs: 1_500 })
  })
})

test('a view elsewhere that depends on the tables ends a restore with a sentence that names it', async () => {
  const { sql } = shop.orderDb
  await sql`create schema reports; create view reports.totals as select sum(total_amount) from orders`
  await assertRefused(
    good,
    /^order_db cannot be restored; .+ depend on the tables of order_db.+reports\.totals/,
  )
  await sql`drop schema reports cascade`
})

test('a killed backup is not restored, and one that is stopped leaves nothing behind', async () => {
  const killed = backups.folder('killed')
  assert.equal((await runUntil('backup', shop.address, killed, 'order_db: ')).signal, 'SIGKILL')
  assert.ok(existsSync(join(killed, 'order_db/orders.copy')))
  await assertRefused(killed, /^There is no complete backup in/)

  const stopped = backups.folder('stopped')
  const { code, said } = await shop.productDb.sql.begin(async (tx) => {
    await tx`lock table stock_movements in access exclusive mode`
    return runBackup(shop.address, stopped, { interruptAt: { text: 'order_db: ', signal: 'SIGINT' } })
  })
  assert.equal(code, 1, said)
  assert.match(said, /Stopped before it was done\.$/m)
  assert.deepEqual(readdirSync(stopped), [])
})

test('a restore that is killed in the middle leaves the shop as it was', async () => {
  const original = await readEverything(shop)
  for (const line of ['order_db: loading', 'product_db: loading']) {
    assert.equal((await runUntil('restore', shop.address, good, line)).signal, 'SIGKILL')
    assert.deepEqual(await readEverything(shop), original)
  }
})

test('a folder that is not empty or cannot be written, and a full disk, end a backup with a sentence', async () => {
  const full = backups.folder('full')
  mkdirSync(full)
  writeFileSync(join(full, 'photo.jpg'), 'mine')
  const refused = await runBackup(shop.address, full)
  assert.deepEqual([refused.code, readdirSync(full)], [1, ['photo.jpg']])
  assert.match(refused.said, /full is not empty: a backup goes into a folder that is new/)
  assert.match(
    (await runBackup(shop.address, '/proc/backup')).said,
    /^The folder \/proc\/backup cannot be written \(ENOENT\)\.$/m,
  )
  const small = backups.folder('small')
  const { code, said } = await runBackup(shop.address, small, { limits: 'trap "" XFSZ; ulimit -f 3' })
  assert.equal(code, 1, said)
  assert.match(said, /^It was not done: EFBIG/m)
  assert.deepEqual(readdirSync(small), [])
})

test('the commands say how they are used, and where no shop is', async () => {
  assert.match(
    (await runRestore(shop.address, good, 'more')).said,
    /^Usage: npm run restore -- <folder> \[--force\]$/m,
  )
  const nowhere = {
    ...shop.address,
    urls: { ...shop.address.urls, order_db: 'postgres://127.0.0.1:1/orders' },
  }
  const { code, said } = await runRestore(nowhere, good)
  assert.deepEqual([code, said], [1, 'order_db cannot be reached: connect ECONNREFUSED 127.0.0.1:1.\n'])
})
