import { createHttpServer, listen } from '@tallyshop/service-kit/http-server'
import { openLane } from '@tallyshop/service-kit/lane'
import { createLogger, type Logger } from '@tallyshop/service-kit/logger'
import { migrate, missingFromDatabase } from '@tallyshop/service-kit/migrations'
import { openPool, probeLimits } from '@tallyshop/service-kit/postgres'
import type { RunningService } from '@tallyshop/service-kit/process'
import { stopServer } from '@tallyshop/service-kit/stopping'
import { ImageStore } from './blob-storage/images.ts'
import type { ProductServiceConfig } from './config.ts'
import type { Context } from './context.ts'
import { allocationRoutes } from './http/allocations.ts'
import { imageRoutes } from './http/images.ts'
import { productNotFound, productProblems } from './http/problems.ts'
import { productRoutes } from './http/products.ts'
import { stockMovementRoutes } from './http/stock-movements.ts'
import { ImageDecoder } from './image-decoder/image-decoder.ts'
import { startImageSweeper } from './image-sweeper.ts'

/** Of ten connections: the others are left to orders and staff. */
const readingAtOnce = 5

const migrations = new URL('../migrations', import.meta.url).pathname

/** Starts the service: its schema is current and its port answers when this resolves. `stop` lets requests finish. */
export async function startProductService(
  config: ProductServiceConfig,
  log: Logger = createLogger('product-service', config.logLevel),
): Promise<RunningService> {
  await migrate(config.postgres, migrations, log)
  const context = createContext(config)
  const app = await createProductServer(config, log, context)
  await context.images?.start(log)
  const url = await listen(app, config.http)
  const sweeper = context.images && startImageSweeper(context.sql, context.images, log)
  const stop = async () => {
    await Promise.all([stopServer(app, config.http), sweeper?.stop(), context.images?.stop()])
    context.decoder.close()
    await Promise.all([context.sql.end(), context.probes.end()])
  }
  return { url, stop }
}

/** The server with its routes, not yet listening: also what the committed contracts are generated from. */
export function createProductServer(
  config: ProductServiceConfig,
  log: Logger,
  context = createContext(config),
) {
  return createHttpServer({
    title: 'Product Service',
    config: config.http,
    log,
    problems: productProblems,
    unknownId: productNotFound,
    missing: () => missingFromDatabase(context.probes, config.postgres, migrations),
    waiting: { first: context.reads, last: context.sql },
    routes: async (app) => {
      productRoutes(app, context)
      stockMovementRoutes(app, context)
      allocationRoutes(app, context)
      await imageRoutes(app, context)
    },
  })
}

function createContext({ postgres, blobStorage }: ProductServiceConfig): Context {
  const sql = openPool(postgres)
  return {
    sql,
    reads: openLane(sql, readingAtOnce),
    probes: openPool(postgres, probeLimits),
    images: blobStorage && new ImageStore(blobStorage),
    decoder: new ImageDecoder(),
  }
}
