import { createHttpServer, listen } from '@tallyshop/service-kit/http-server'
import { openLane } from '@tallyshop/service-kit/lane'
import { createLogger, type Logger } from '@tallyshop/service-kit/logger'
import { migrate, missingFromDatabase } from '@tallyshop/service-kit/migrations'
import { openPool, probeLimits } from '@tallyshop/service-kit/postgres'
import type { RunningService } from '@tallyshop/service-kit/process'
import { stopServer } from '@tallyshop/service-kit/stopping'
import type { OrderServiceConfig } from './config.ts'
import type { Context } from './context.ts'
import { settlePlacements } from './domain/settle-placements.ts'
import { answers } from './http/answers.ts'
import { orderRoutes } from './http/orders.ts'
import { orderNotFound, orderProblems } from './http/problems.ts'
import { createReleases } from './postgres/orders.ts'
import { createPlacements } from './postgres/placements.ts'
import { createAllocations } from './product-service/allocations.ts'
import { startSweeper } from './sweeper.ts'

/** Of ten connections: the others are left to orders and staff. */
const readingAtOnce = 5

const migrations = new URL('../migrations', import.meta.url).pathname

/** Starts the service: its schema is current and its port answers when this resolves. `stop` lets requests finish. */
export async function startOrderService(
  config: OrderServiceConfig,
  log: Logger = createLogger('order-service', config.logLevel),
): Promise<RunningService> {
  await migrate(config.postgres, migrations, log)
  const context = createContext(config)
  const app = await createOrderServer(config, log, context)
  const url = await listen(app, config.http)
  const sweeper = startSweeper(() => settlePlacements(context), log)
  const stop = async () => {
    await Promise.all([stopServer(app, config.http), sweeper.stop()])
    await context.allocations.stop()
    await Promise.all([context.sql.end(), context.probes.end()])
  }
  return { url, stop }
}

/** The server with its routes, not yet listening: also what the committed contract is generated from. */
export function createOrderServer(config: OrderServiceConfig, log: Logger, context = createContext(config)) {
  return createHttpServer({
    title: 'Order Service',
    config: config.http,
    log,
    problems: orderProblems,
    unknownId: orderNotFound,
    missing: () => missingFromDatabase(context.probes, config.postgres, migrations),
    waiting: { first: context.reads, last: context.sql },
    routes: async (app) => orderRoutes(app, context),
  })
}

function createContext({ postgres, http, productServiceUrl, orderTokenSecret }: OrderServiceConfig): Context {
  const sql = openPool(postgres)
  return {
    sql,
    reads: openLane(sql, readingAtOnce),
    probes: openPool(postgres, probeLimits),
    placements: createPlacements(sql, answers),
    orders: createReleases(sql),
    allocations: createAllocations(productServiceUrl, http.access.serviceAuthSecret),
    orderTokenSecret,
  }
}
