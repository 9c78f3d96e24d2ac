import type { RunningDatabase } from '@tallyshop/embedded/postgres'
import type { BlobStorageConfig } from '@tallyshop/product-service/config'
import pg from 'pg'
import { CannotProceed } from './cannot-proceed.ts'
import type { DatabaseUrls } from './connection.ts'
import { findPictureStorage } from './picture-store.ts'

/** Where a shop keeps its numbers and its pictures. */
export type ShopAddress = { urls: DatabaseUrls; blobStorage: BlobStorageConfig | undefined }

export type Databases = { product: pg.Pool; order: pg.Pool; end: () => Promise<void> }

/**
 * Finds both databases and the store of pictures: by their addresses in the environment, else those of the shop that runs on
 * a data folder. Undefined where none runs. Throws CannotProceed where the address of only one database is given.
 */
export async function findShop(
  environment: Record<string, string>,
  dataDir: string,
): Promise<ShopAddress | undefined> {
  const { PRODUCT_DATABASE_URL: product, ORDER_DATABASE_URL: order } = environment
  if (product && order) {
    return { urls: { product_db: product, order_db: order }, blobStorage: findPictureStorage(environment) }
  }
  if (product || order) {
    throw new CannotProceed('Set both PRODUCT_DATABASE_URL and ORDER_DATABASE_URL, or neither.')
  }
  const launcher = await ifInstalled(import('@tallyshop/embedded/lock'))
  const shop = await launcher?.findRunningShop(dataDir)
  if (!shop) return undefined
  const urls = { product_db: databaseUrl(shop.productDatabase), order_db: databaseUrl(shop.orderDatabase) }
  return { urls, blobStorage: findPictureStorage(environment, shop) }
}

/** What is imported, or undefined in an image that has it not: the launcher is at home where `npm start` is. */
export function ifInstalled<Module>(importing: Promise<Module>): Promise<Module | undefined> {
  return importing.catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    return undefined
  })
}

/** The databases alone, found the same way. */
export async function findDatabases(
  environment: Record<string, string>,
  dataDir: string,
): Promise<Databases | undefined> {
  const shop = await findShop(environment, dataDir)
  return shop && connectBoth(shop.urls.product_db, shop.urls.order_db)
}

export function connectBoth(productUrl: string, orderUrl: string): Databases {
  const [product, order] = [connect(productUrl), connect(orderUrl)]
  return {
    product,
    order,
    end: async () => {
      await Promise.all([product.end(), order.end()])
    },
  }
}

function connect(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 2,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 300_000,
    query_timeout: 310_000,
    application_name: 'reconcile',
  })
  // A connection that breaks while nothing runs on it is told by the next statement.
  pool.on('connect', (client) => client.on('error', () => {}))
  pool.on('error', () => {})
  return pool
}

export function databaseUrl({ host, port, user, password, database }: RunningDatabase): string {
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${database}`
}
