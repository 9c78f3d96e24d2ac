import { randomUUID } from 'node:crypto'
import { BlobServiceClient, type ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { PostgresConfig, Sql } from '@tallyshop/service-kit/postgres'
import { type Client, createClient } from '@tallyshop/service-kit/test-support/http'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import { createScratchDatabase } from '@tallyshop/service-kit/test-support/scratch-database'
import type { BlobStorageConfig, ProductServiceConfig } from '../src/config.ts'
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

/** A container of its own in the account that AZURE_STORAGE_… names, and the client that looks into it. */
export function scratchStorage(changes: Partial<BlobStorageConfig> = {}) {
  const accountName = storageVariable('AZURE_STORAGE_ACCOUNT_NAME')
  const accountKey = storageVariable('AZURE_STORAGE_ACCOUNT_KEY')
  const endpoint = storageVariable('AZURE_STORAGE_BLOB_ENDPOINT')
  const containerName = `test-${randomUUID()}`
  const blobStorage: BlobStorageConfig = {
    accountName,
    accountKey,
    containerName,
    endpoint,
    publicEndpoint: endpoint,
    urlLifeMs: 24 * 3_600_000,
    ...changes,
  }
  const credential = new StorageSharedKeyCredential(accountName, accountKey)
  const container = new BlobServiceClient(endpoint, credential).getContainerClient(blobStorage.containerName)
  return { blobStorage, container }
}

/** The names of all blobs in a container. */
export async function blobNames(container: ContainerClient): Promise<string[]> {
  return (await Array.fromAsync(container.listBlobsFlat())).map(({ name }) => name)
}

function storageVariable(name: string): string {
  const value = process.env[name]
  if (value) return value
  throw new Error(`These tests need a blob store: run \`npm test\` at the root, or set ${name}.`)
}
