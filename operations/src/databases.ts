import { findRunningShop, type RunningShop } from '@tallyshop/embedded/lock'
import pg from 'pg'

export type Databases = { product: pg.Pool; order: pg.Pool; end: () => Promise<void> }

/**
 * Connects to both databases: by their addresses in the environment, else those of the shop that runs on a data folder.
 * Undefined where none runs, or where only one address is given.
 */
export async function findDatabases(
  environment: Record<string, string>,
  dataDir: string,
): Promise<Databases | undefined> {
  const { PRODUCT_DATABASE_URL: product, ORDER_DATABASE_URL: order } = environment
  if (product && order) return connectBoth(product, order)
  if (product || order) return undefined
  const shop = await findRunningShop(dataDir)
  return shop && connectBoth(toUrl(shop.productDatabase), toUrl(shop.orderDatabase))
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

function toUrl({ host, port, user, password, database }: RunningShop['productDatabase']): string {
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${database}`
}
