import { createLogger } from '@tallyshop/service-kit/logger'
import { configureOrExit, runUntilSignalled } from '@tallyshop/service-kit/process'
import { readConfig } from './config.ts'
import { startProductService } from './service.ts'

const config = configureOrExit(() => readConfig(process.env))
const log = createLogger('product-service', config.logLevel)

await runUntilSignalled(log, () => startProductService(config, log), config.http)
