import { fileURLToPath } from 'node:url'
import type { Addresses } from './addresses.ts'
import type { BlobStore } from './azurite.ts'
import type { Environment, ShopConfig } from './config.ts'
import type { RunningDatabase } from './postgres.ts'
import type { Secrets } from './secrets.ts'

const compiled = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))

type Facts = { config: ShopConfig; secrets: Secrets; addresses: Addresses }

/** What the product service is told; without a blob store it finds the account of the environment. */
export function productVariables(
  facts: Facts,
  database: RunningDatabase,
  store: BlobStore | undefined,
): Environment {
  return {
    ...serviceVariables(facts, database),
    PORT: String(facts.addresses.ports.product),
    ...(store && {
      AZURE_STORAGE_ACCOUNT_NAME: store.accountName,
      AZURE_STORAGE_ACCOUNT_KEY: store.accountKey,
      AZURE_STORAGE_BLOB_ENDPOINT: store.endpoint,
    }),
  }
}

/** What the order service is told. */
export function orderVariables(facts: Facts, database: RunningDatabase): Environment {
  return {
    ...serviceVariables(facts, database),
    PORT: String(facts.addresses.ports.order),
    PRODUCT_SERVICE_URL: facts.addresses.direct.product,
    ORDER_TOKEN_SECRET: facts.secrets.orderTokenSecret,
  }
}

/** What the front is told. Pictures come through it from any store of Azurite's kind, whose own address stays hidden. */
export function frontVariables({ config, addresses }: Facts, store: BlobStore | undefined): Environment {
  const { AZURE_STORAGE_BLOB_ENDPOINT, AZURE_STORAGE_PUBLIC_ENDPOINT } = config.environment
  const endpoint = store?.endpoint ?? ifPathStyle(AZURE_STORAGE_BLOB_ENDPOINT)
  return {
    ...sharedVariables(config),
    BIND_ADDRESS: config.bindAddress,
    PORT: String(addresses.ports.front),
    PRODUCT_SERVICE_URL: addresses.direct.product,
    ORDER_SERVICE_URL: addresses.direct.order,
    ...(endpoint && { BLOB_ENDPOINT: endpoint, BLOB_CONTAINER: config.blobContainer }),
    // The addresses of pictures hold this origin, by whatever name of this machine a page was opened.
    PICTURE_ENDPOINT: AZURE_STORAGE_PUBLIC_ENDPOINT ?? addresses.public.shop,
  }
}

function ifPathStyle(endpoint: string | undefined): string | undefined {
  return endpoint && URL.canParse(endpoint) && new URL(endpoint).pathname !== '/' ? endpoint : undefined
}

function serviceVariables({ config, secrets, addresses }: Facts, database: RunningDatabase): Environment {
  return {
    ...sharedVariables(config),
    BIND_ADDRESS: config.bindAddress,
    PUBLIC_URL: addresses.public.shop,
    // Nobody else would be sent the requests.
    DRAIN_SECONDS: '0',
    SERVICE_AUTH_SECRET: secrets.serviceAuthSecret,
    POSTGRES_HOST: database.host,
    POSTGRES_PORT: String(database.port),
    POSTGRES_USER: database.user,
    POSTGRES_PASSWORD: database.password,
    POSTGRES_DB: database.database,
  }
}

/** What Node compiles is kept beside the packages: it saves each process about a third of its start. */
export function sharedVariables({ environment }: ShopConfig): Environment {
  return { NODE_COMPILE_CACHE: compiled, ...environment }
}
