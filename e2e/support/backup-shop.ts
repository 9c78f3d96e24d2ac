import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { databaseUrl, type ShopAddress } from '@tallyshop/operations/databases'
import { openAccount } from '@tallyshop/product-service/blob-storage/account'
import { readConfig } from '@tallyshop/product-service/config'
import { raw, type Sql } from '@tallyshop/service-kit/postgres'
import type { ScratchDatabase } from '@tallyshop/service-kit/test-support/scratch-database'
import { type BothServices, serviceAuthSecret, startBothServices } from './both-services.ts'

export type BackupShop = BothServices & { address: ShopAddress; stop: () => Promise<void> }

/** Both services with a blob container of their own, and where a backup finds them. */
export async function startBackupShop(): Promise<BackupShop> {
  const environment = {
    ...azureVariables(),
    AZURE_STORAGE_CONTAINER_NAME: `test-${randomUUID()}`,
    AZURE_STORAGE_PUBLIC_ENDPOINT: process.env.AZURE_STORAGE_BLOB_ENDPOINT ?? '',
  }
  const { blobStorage } = readConfig({ ...environment, SERVICE_AUTH_SECRET: serviceAuthSecret })
  const shop = await startBothServices({ environment })
  const address = { urls: urlsOf(shop), blobStorage }
  const stop = async () => {
    await containerOf(address).deleteIfExists()
    await shop.stop()
  }
  return { ...shop, address, stop }
}

export function urlsOf({ productDb, orderDb }: Record<'productDb' | 'orderDb', ScratchDatabase>) {
  return { product_db: databaseUrl(productDb.config), order_db: databaseUrl(orderDb.config) }
}

/** The variables by which a command of its own process finds the shop. */
export function variablesOf({ urls, blobStorage }: ShopAddress): Record<string, string> {
  return {
    ...azureVariables(),
    PRODUCT_DATABASE_URL: urls.product_db,
    ORDER_DATABASE_URL: urls.order_db,
    AZURE_STORAGE_CONTAINER_NAME: blobStorage?.containerName ?? '',
  }
}

/** A folder for a test's backups, and how to remove it. */
export function makeBackupsFolder(): { folder: (name: string) => string; remove: () => void } {
  const home = mkdtempSync(join(tmpdir(), 'tallyshop-backups-'))
  return {
    folder: (name) => join(home, name),
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** All that a shop keeps: every row of every table as text, where every sequence stands, every blob with what it is served with. */
export async function readEverything({ productDb, orderDb, address }: BackupShop) {
  return {
    product: await readDatabase(productDb.sql),
    order: await readDatabase(orderDb.sql),
    blobs: await readBlobs(address),
  }
}

export async function readDatabase(sql: Sql): Promise<Record<string, string[]>> {
  const found = await sql<{ name: string; kind: string }[]>`
    select relname as name, relkind::text as kind from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'S') order by relname`
  const all: Record<string, string[]> = {}
  for (const { name, kind } of found) {
    // A sequence has a count of what is logged ahead, which says nothing about its numbers.
    const row = kind === 'S' ? raw(`(last_value, is_called)::text`) : raw('t::text')
    const rows = await sql<{ row: string }[]>`select ${row} as row from ${raw(name)} as t order by 1`
    all[name] = rows.map((each) => each.row)
  }
  return all
}

export function containerOf({ blobStorage }: ShopAddress) {
  if (!blobStorage) throw new Error('This shop has no store of pictures.')
  return openAccount(blobStorage).getContainerClient(blobStorage.containerName)
}

export async function readBlobs(address: ShopAddress) {
  const container = containerOf(address)
  const blobs: Record<string, unknown> = {}
  for await (const { name } of container.listBlobsFlat()) {
    const { readableStreamBody, contentType, cacheControl, metadata, contentMD5 } = await container
      .getBlobClient(name)
      .download()
    if (!readableStreamBody) throw new Error(`${name} has no bytes.`)
    const sha256 = createHash('sha256')
      .update(await buffer(readableStreamBody))
      .digest('hex')
    const md5 = Buffer.from(contentMD5 ?? []).toString('base64')
    blobs[name] = { sha256, md5, contentType, cacheControl, metadata }
  }
  return blobs
}

function azureVariables(): Record<string, string> {
  const azure = Object.entries(process.env).filter(([name]) => name.startsWith('AZURE_'))
  return Object.fromEntries(azure.map(([name, value]) => [name, value ?? '']))
}
