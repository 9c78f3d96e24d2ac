import { type Environment, readEnvironment } from '@tallyshop/service-kit/environment'
import { type HttpConfig, readHttpConfig } from '@tallyshop/service-kit/http-server'
import { logLevels } from '@tallyshop/service-kit/logger'
import { type PostgresConfig, readPostgresConfig } from '@tallyshop/service-kit/postgres'

export type OrderServiceConfig = {
  http: HttpConfig
  postgres: PostgresConfig
  productServiceUrl: string
  /** Makes the tokens by which a guest reaches an order; a new one ends every link given out. */
  orderTokenSecret: string
  logLevel: string
}

/** The settings of this service: README.md lists each with its meaning and default. Throws a ConfigurationError. */
export function readConfig(environment: Environment): Readonly<OrderServiceConfig> {
  return readEnvironment(environment, (read) => ({
    http: readHttpConfig(read, 8001),
    postgres: readPostgresConfig(read, 'orders'),
    productServiceUrl: read.url('PRODUCT_SERVICE_URL', 'http://localhost:8000'),
    orderTokenSecret: read.secret('ORDER_TOKEN_SECRET'),
    logLevel: read.oneOf('LOG_LEVEL', logLevels, 'info'),
  }))
}
