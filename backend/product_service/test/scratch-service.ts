import { randomUUID } from 'node:crypto'
import type { ContainerClient } from '@azure/storage-blob'
import { readEnvironment } from '@tallyshop/service-kit/environment'
import type { PostgresConfig, Sql } from '@tallyshop/service-kit/postgres'
import { type Client, createClient } from '@tallyshop/service-kit/test-support/http'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import { createScratchDatabase } from '@tallyshop/service-kit/test-support/scratch-database'
import { openAccount } from '../src/blob-storage/account.ts'
import { type BlobStorageConfig, type ProductServiceConfig, readBlobStorage } from '../src/config.ts'
import { startProductService } from '../src/service.ts'

export type ScratchService = {
  config: ProductServiceConfig
  /** As pages and scripts talk to it. */
  shop: Client
  /** As the order service talks to it. */
  orders: Client
  /** Looks behind the service. */
  sql: Sql
  logLines: string[]
  stop: () => Promise<void>
}

const serviceSecret = 'the secret between the services'

/** A product service on a port and a database of its own; `stop` also drops the database. No storage unless it is given. */
export async function startScratchService(
  changes: Partial<ProductServiceConfig> = {},
): Promise<ScratchService> {
  const database = await createScratchDatabase()
  const config = { ...scratchConfig(database.config), ...changes }
  const { log, lines } = captureLog('product-service')
  const service = await startProductService(config, log)
  const stop = async () => {
    await service.stop()
    await database.drop()
  }
  const orders = createClient(service.url, { authorization: `Bearer ${serviceSecret}` })
  return { config, shop: createClient(service.url), orders, sql: database.sql, logLines: lines, stop }
}

export function scratchConfig(postgres: PostgresConfig): ProductServiceConfig {
  const access = {
    mode: 'open' as const,
    publicUrl: 'http://localhost:3000',
    corsOrigins: [],
    serviceAuthSecret: serviceSecret,
  }
  return { http: { bindAddress: '127.0.0.1', port: 0, access }, postgres, logLevel: 'debug' }
}

/** A container of its own in the store of this run, and the client that looks into it. */
export function scratchStorage(changes: Partial<BlobStorageConfig> = {}) {
  const store = storeOfThisRun()
  const blobStorage = {
    ...store,
    containerName: `test-${randomUUID()}`,
    publicEndpoint: store.endpoint,
    urlLifeMs: 24 * 3_600_000,
    ...changes,
  }
  return { blobStorage, container: openAccount(store).getContainerClient(blobStorage.containerName) }
}

/** The names of all blobs in a container. */
export async function blobNames(container: ContainerClient): Promise<string[]> {
  return (await Array.fromAsync(container.listBlobsFlat())).map(({ name }) => name)
}

/** Where there is an Azurite, as in a container, an account of somebody's is never asked. */
function storeOfThisRun(): BlobStorageConfig {
  const { AZURITE_BLOB_ENDPOINT, AZURITE_ACCOUNT_KEY } = process.env
  const environment = AZURITE_BLOB_ENDPOINT ? { AZURITE_BLOB_ENDPOINT, AZURITE_ACCOUNT_KEY } : process.env
  const { store } = readEnvironment(environment, (read) => ({
    store: readBlobStorage(read, 'http://localhost:3000'),
  }))
  if (store) return store
  throw new Error(
    'These tests need a blob store: run `npm test` at the root, or set AZURITE_BLOB_ENDPOINT and AZURITE_ACCOUNT_KEY.',
  )
}
