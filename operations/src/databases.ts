import { findRunningShop, type RunningShop } from '@tallyshop/embedded/lock'
import postgres from 'postgres'

export type Databases = { product: postgres.Sql; order: postgres.Sql; end: () => Promise<void> }

/** Connects to both databases: by their addresses in the environment, else those of the shop on this data folder. */
export async function findDatabases(environment: NodeJS.ProcessEnv): Promise<Databases | undefined> {
  const { PRODUCT_DATABASE_URL, ORDER_DATABASE_URL, DATA_DIR } = environment
  if (PRODUCT_DATABASE_URL && ORDER_DATABASE_URL) return connectBoth(PRODUCT_DATABASE_URL, ORDER_DATABASE_URL)
  const shop = await findRunningShop(DATA_DIR || '.data')
  return shop && connectBoth(toUrl(shop.productDatabase), toUrl(shop.orderDatabase))
}

export function connectBoth(productUrl: string, orderUrl: string): Databases {
  const [product, order] = [connect(productUrl), connect(orderUrl)]
  return {
    product,
    order,
    end: async () => {
      await Promise.all([product.end({ timeout: 2 }), order.end({ timeout: 2 })])
    },
  }
}

function connect(url: string): postgres.Sql {
  return postgres(url, {
    max: 2,
    connect_timeout: 5,
    connection: { application_name: 'reconcile', statement_timeout: 300_000 },
    onnotice: () => {},
  })
}

function toUrl({ host, port, user, password, database }: RunningShop['productDatabase']): string {
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${database}`
}
