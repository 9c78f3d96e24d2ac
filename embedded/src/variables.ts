import type { Addresses } from './addresses.ts'
import type { BlobStore } from './azurite.ts'
import type { Environment, ShopConfig } from './config.ts'
import type { RunningDatabase } from './lock.ts'
import type { Secrets } from './secrets.ts'

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

/** What the front is told. */
export function frontVariables({ config, addresses }: Facts, store: BlobStore | undefined): Environment {
  return {
    ...sharedVariables(config),
    BIND_ADDRESS: config.bindAddress,
    PORT: String(addresses.ports.front),
    PRODUCT_SERVICE_URL: addresses.direct.product,
    ORDER_SERVICE_URL: addresses.direct.order,
    ...(store && { BLOB_ENDPOINT: store.endpoint, BLOB_CONTAINER: config.blobContainer }),
  }
}

function serviceVariables({ config, secrets, addresses }: Facts, database: RunningDatabase): Environment {
  return {
    ...sharedVariables(config),
    BIND_ADDRESS: config.bindAddress,
    PUBLIC_URL: addresses.public.shop,
    SERVICE_AUTH_SECRET: secrets.serviceAuthSecret,
    POSTGRES_HOST: database.host,
    POSTGRES_PORT: String(database.port),
    POSTGRES_USER: database.user,
    POSTGRES_PASSWORD: database.password,
    POSTGRES_DB: database.database,
  }
}

/** The compile cache saves each process about a third of its start. */
export function sharedVariables(config: ShopConfig): Environment {
  return { ...config.environment, NODE_COMPILE_CACHE: `${config.dataDir}/cache` }
}
