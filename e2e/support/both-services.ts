import { connectBoth, type Databases, databaseUrl } from '@tallyshop/operations/databases'
import { readConfig as readOrderConfig } from '@tallyshop/order-service/config'
import { startOrderService } from '@tallyshop/order-service/service'
import { readConfig as readProductConfig } from '@tallyshop/product-service/config'
import { startProductService } from '@tallyshop/product-service/service'
import type { Logger } from '@tallyshop/service-kit/logger'
import { type Client, createClient } from '@tallyshop/service-kit/test-support/http'
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '@tallyshop/service-kit/test-support/scratch-database'

export type BothServices = {
  product: Client
  order: Client
  productDb: ScratchDatabase
  orderDb: ScratchDatabase
  /** As `reconcile` sees them. */
  databases: Databases
  restartOrderService: () => Promise<void>
  stopProductService: () => Promise<void>
  startProductService: () => Promise<void>
  createProduct: (stockQuantity: number, fields?: object) => Promise<number>
  stop: () => Promise<void>
}

export const serviceAuthSecret = 'a secret of these tests only'

export type BothOptions = {
  /** Further settings of both services; without any, there is no blob store. */
  environment?: Record<string, string>
  /** Where both log; nowhere, if it is not given. */
  log?: Logger
}

/** Both real services in this process, over scratch databases, the order service asking the product service over HTTP. */
export async function startBothServices({ environment, log }: BothOptions = {}): Promise<BothServices> {
  const [productDb, orderDb] = await Promise.all([createScratchDatabase(), createScratchDatabase()])
  const variables = {
    PORT: '0',
    LOG_LEVEL: 'silent',
    SERVICE_AUTH_SECRET: serviceAuthSecret,
    ORDER_TOKEN_SECRET: serviceAuthSecret,
    ...environment,
  }
  const productConfig = { ...readProductConfig({ ...variables, PORT: '0' }), postgres: productDb.config }
  let productService = await startProductService(productConfig, log)
  const product = createClient(productService.url)
  // A port of its own from here on, so that the product service can go and come back.
  const fixed = { ...productConfig, http: { ...productConfig.http, port: Number(new URL(product.url).port) } }

  const orderConfig = {
    ...readOrderConfig({ ...variables, PRODUCT_SERVICE_URL: product.url }),
    postgres: orderDb.config,
  }
  let orderService = await startOrderService(orderConfig, log)
  const order = createClient(orderService.url)
  const databases = connectBoth(databaseUrl(productDb.config), databaseUrl(orderDb.config))

  return {
    product,
    order,
    productDb,
    orderDb,
    databases,
    restartOrderService: async () => {
      await orderService.stop()
      const { port } = new URL(order.url)
      orderService = await startOrderService({
        ...orderConfig,
        http: { ...orderConfig.http, port: Number(port) },
      })
    },
    stopProductService: () => productService.stop(),
    startProductService: async () => {
      productService = await startProductService(fixed)
    },
    createProduct: async (stockQuantity, fields = {}) => {
      const body = { name: 'Vase', price: 19.99, stock_quantity: stockQuantity, ...fields }
      return (await product.post('/products/', body)).body.product_id
    },
    stop: async () => {
      await Promise.all([orderService.stop(), productService.stop(), databases.end()])
      await Promise.all([productDb.drop(), orderDb.drop()])
    },
  }
}
