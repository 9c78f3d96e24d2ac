import { createLogger } from '@tallyshop/service-kit/logger'
import { configureOrExit, runUntilSignalled } from '@tallyshop/service-kit/process'
import { readConfig } from './config.ts'
import { startOrderService } from './service.ts'

const config = configureOrExit(() => readConfig(process.env))
const log = createLogger('order-service', config.logLevel)

await runUntilSignalled(log, () => startOrderService(config, log), config.http)
