import { findRunningShop } from '@tallyshop/embedded/lock'
import type { RunningDatabase } from '@tallyshop/embedded/postgres'
import pg from 'pg'
import { findPictureStore, type PictureStore } from './picture-store.ts'

export type Databases = { product: pg.Pool; order: pg.Pool; end: () => Promise<void> }

/**
 * Connects to both databases and finds the store of pictures: by their addresses in the environment, else those of the shop
 * that runs on a data folder. Undefined where none runs, or where the address of only one database is given.
 */
export async function findShop(
  environment: Record<string, string>,
  dataDir: string,
): Promise<{ databases: Databases; pictures: PictureStore | undefined } | undefined> {
  const { PRODUCT_DATABASE_URL: product, ORDER_DATABASE_URL: order } = environment
  if (Boolean(product) !== Boolean(order)) return undefined
  const shop = product && order ? undefined : await findRunningShop(dataDir)
  const [productUrl, orderUrl] = shop
    ? [databaseUrl(shop.productDatabase), databaseUrl(shop.orderDatabase)]
    : [product, order]
  if (!productUrl || !orderUrl) return undefined
  const pictures = findPictureStore(environment, shop)
  return { databases: connectBoth(productUrl, orderUrl), pictures }
}

/** The databases alone, found the same way. */
export async function findDatabases(
  environment: Record<string, string>,
  dataDir: string,
): Promise<Databases | undefined> {
  return (await findShop(environment, dataDir))?.databases
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
