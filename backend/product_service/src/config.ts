import { type Environment, type EnvironmentReader, readEnvironment } from '@tallyshop/service-kit/environment'
import { type HttpConfig, readHttpConfig } from '@tallyshop/service-kit/http-server'
import { logLevels } from '@tallyshop/service-kit/logger'
import { type PostgresConfig, readPostgresConfig } from '@tallyshop/service-kit/postgres'

export type BlobStorageConfig = {
  accountName: string
  /** Absent: the identity that this process runs under opens the account. */
  accountKey?: string
  containerName: string
  /** Where this service reaches the account. */
  endpoint: string
  /** Where browsers reach it: the start of every `image_url` of ours. */
  publicEndpoint: string
  /** The full life of a signed URL, in milliseconds. */
  urlLifeMs: number
}

export type ProductServiceConfig = {
  http: HttpConfig
  postgres: PostgresConfig
  /** Absent: the shop works, and uploads answer 503. */
  blobStorage?: BlobStorageConfig
  logLevel: string
}

/** The settings of this service: README.md lists each with its meaning and default. Throws a ConfigurationError. */
export function readConfig(environment: Environment): Readonly<ProductServiceConfig> {
  return readEnvironment(environment, (read) => {
    const http = readHttpConfig(read, 8000)
    const blobStorage = readBlobStorage(read, http.access.publicUrl)
    return {
      http,
      postgres: readPostgresConfig(read, 'products'),
      ...(blobStorage && { blobStorage }),
      logLevel: read.oneOf('LOG_LEVEL', logLevels, 'info'),
    }
  })
}

/** The storage account that the environment names, or else its Azurite; undefined where there is neither. */
export function readBlobStorage(read: EnvironmentReader, publicUrl: string): BlobStorageConfig | undefined {
  const account = readAzureAccount(read) ?? readAzurite(read)
  if (account === undefined) return undefined
  const { accountName, accountKey, endpoint } = account
  // Azurite names the account in the path; browsers then reach it through the front, and its port is in no URL.
  const isAzurite = URL.parse(endpoint)?.pathname === `/${accountName}`
  return {
    ...account,
    containerName: read.text('AZURE_STORAGE_CONTAINER_NAME', 'product-images'),
    publicEndpoint: read.url('AZURE_STORAGE_PUBLIC_ENDPOINT', isAzurite ? `${publicUrl}/blobs` : endpoint),
    urlLifeMs: readUrlLifeMs(read, accountKey !== undefined),
  }
}

type Account = Pick<BlobStorageConfig, 'accountName' | 'accountKey' | 'endpoint'>

function readAzureAccount(read: EnvironmentReader): Account | undefined {
  const accountName = read.optional('AZURE_STORAGE_ACCOUNT_NAME')
  const accountKey = read.optional('AZURE_STORAGE_ACCOUNT_KEY')
  refuseUnusableAccount(read, accountName, accountKey)
  if (accountName === undefined) return undefined
  const endpoint = read.url('AZURE_STORAGE_BLOB_ENDPOINT', `https://${accountName}.blob.core.windows.net`)
  if (accountKey === undefined && endpoint.startsWith('http:')) {
    read.fault('AZURE_STORAGE_BLOB_ENDPOINT must be https where AZURE_STORAGE_ACCOUNT_KEY is not set.')
  }
  return { accountName, ...(accountKey !== undefined && { accountKey }), endpoint }
}

function readAzurite(read: EnvironmentReader): Account | undefined {
  if (read.optional('AZURITE_BLOB_ENDPOINT') === undefined) return undefined
  const endpoint = read.url('AZURITE_BLOB_ENDPOINT')
  const accountKey = read.secret('AZURITE_ACCOUNT_KEY')
  const accountName = URL.parse(endpoint)?.pathname.slice(1) ?? ''
  if (!isAccountName(accountName)) {
    read.fault(
      'AZURITE_BLOB_ENDPOINT must end with the name of its account, as in http://azurite:10000/tallyshop.',
    )
  }
  if (!isBase64(accountKey)) {
    read.fault('AZURITE_ACCOUNT_KEY must be base64, such as `openssl rand -hex 32` makes.')
  }
  return { accountName, accountKey, endpoint }
}

function readUrlLifeMs(read: EnvironmentReader, hasKey: boolean): number {
  const hours = read.number('AZURE_SAS_TOKEN_EXPIRY_HOURS', 24, { min: 2 / 3600, max: 24 * 365 })
  if (!hasKey && hours > 168) {
    read.fault(
      'AZURE_SAS_TOKEN_EXPIRY_HOURS must be at most 168 where AZURE_STORAGE_ACCOUNT_KEY is not set: ' +
        'Azure lets an identity sign for seven days.',
    )
  }
  return hours * 3_600_000
}

function refuseUnusableAccount(
  read: EnvironmentReader,
  accountName: string | undefined,
  accountKey: string | undefined,
): void {
  if (accountName === undefined && accountKey !== undefined) {
    read.fault(
      'AZURE_STORAGE_ACCOUNT_KEY is set and AZURE_STORAGE_ACCOUNT_NAME is not: set both, or neither.',
    )
  }
  if (accountName !== undefined && !isAccountName(accountName)) {
    read.fault(
      `AZURE_STORAGE_ACCOUNT_NAME must be the name of a storage account, 3 to 24 small letters and digits, unlike "${accountName}".`,
    )
  }
  if (accountKey !== undefined && !isBase64(accountKey)) {
    read.fault('AZURE_STORAGE_ACCOUNT_KEY must be the key of that account, which is base64.')
  }
}

function isAccountName(name: string): boolean {
  return /^[a-z\d]{3,24}$/.test(name)
}

function isBase64(key: string): boolean {
  return Buffer.from(key, 'base64').toString('base64') === key
}
