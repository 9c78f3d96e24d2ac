import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { CannotStart } from './cannot-start.ts'

export type Environment = Record<string, string>

export type ShopConfig = {
  /** Everything the shop keeps lives below this folder. */
  dataDir: string
  bindAddress: string
  /** Port 0 takes any free port. */
  ports: { front: number; product: number; order: number }
  /** Where browsers find the shop; unset means localhost and the front's port. */
  publicUrl: string | undefined
  /** A real account keeps the pictures; without one Azurite is started. */
  azureAccountConfigured: boolean
  blobContainer: string
  /** All variables, for the services to read their own settings from. */
  environment: Environment
}

/** What `npm start` is told by its environment; paths are relative to `home`. Every fault is named in one `CannotStart`. */
export function readConfig(environment: Environment, home: string): ShopConfig {
  const faults: string[] = []
  const port = (name: string, otherwise: number) => {
    const text = environment[name] ?? String(otherwise)
    if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
      faults.push(`${name} must be a port number from 0 (any free one) to 65535, not "${text}".`)
    }
    return Number(text)
  }
  const config: ShopConfig = {
    dataDir: resolve(home, environment.DATA_DIR ?? '.data'),
    bindAddress: environment.BIND_ADDRESS ?? '127.0.0.1',
    ports: {
      front: port('FRONTEND_PORT', 3000),
      product: port('PRODUCT_SERVICE_PORT', 8000),
      order: port('ORDER_SERVICE_PORT', 8001),
    },
    publicUrl: environment.PUBLIC_URL,
    azureAccountConfigured: Boolean(environment.AZURE_STORAGE_ACCOUNT_NAME),
    blobContainer: environment.AZURE_STORAGE_CONTAINER_NAME ?? 'product-images',
    environment,
  }
  faults.push(
    ...samePortTwice(config.ports),
    ...unusableAccount(environment),
    ...unusableUrl('PUBLIC_URL', environment),
    ...unusableUrl('AZURE_STORAGE_BLOB_ENDPOINT', environment),
    ...unusableUrl('AZURE_STORAGE_PUBLIC_ENDPOINT', environment),
    ...unusableContainer(config.blobContainer),
  )
  if (faults.length > 0) throw new CannotStart(faults.join('\n'))
  return config
}

/** The variables of `.env`, overruled by the real ones; an empty variable counts as unset. */
export function readEnvironment(envFile: string, real: NodeJS.ProcessEnv): Environment {
  const isSet = (entry: [string, string | undefined]): entry is [string, string] => Boolean(entry[1]?.trim())
  return {
    ...Object.fromEntries(Object.entries(parseEnv(readIfThere(envFile))).filter(isSet)),
    ...Object.fromEntries(Object.entries(real).filter(isSet)),
  }
}

function readIfThere(envFile: string): string {
  try {
    return readFileSync(envFile, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return ''
    throw new CannotStart(`The settings in ${envFile} cannot be read (${code}).`)
  }
}

function samePortTwice({ front, product, order }: ShopConfig['ports']): string[] {
  const fixed = [front, product, order].filter((port) => port > 0)
  if (new Set(fixed).size === fixed.length) return []
  return [
    `FRONTEND_PORT (${front}), PRODUCT_SERVICE_PORT (${product}) and ORDER_SERVICE_PORT (${order}) must be three different ports.`,
  ]
}

/** A name alone is an account that is opened by the identity of whoever starts the shop. */
function unusableAccount({
  AZURE_STORAGE_ACCOUNT_NAME: name,
  AZURE_STORAGE_ACCOUNT_KEY: key,
}: Environment): string[] {
  const faults: string[] = []
  if (key && !name) {
    faults.push(
      'AZURE_STORAGE_ACCOUNT_KEY is set but AZURE_STORAGE_ACCOUNT_NAME is not: set both for an account of yours, or neither to keep pictures on this machine.',
    )
  }
  if (name && !/^[a-z\d]{3,24}$/.test(name)) {
    faults.push(
      `AZURE_STORAGE_ACCOUNT_NAME must be the name of a storage account, 3 to 24 small letters and digits, unlike "${name}": leave it away to keep pictures on this machine.`,
    )
  }
  if (key && Buffer.from(key, 'base64').toString('base64') !== key) {
    faults.push('AZURE_STORAGE_ACCOUNT_KEY must be the key of that account, which is base64.')
  }
  return faults
}

function unusableUrl(name: string, environment: Environment): string[] {
  const url = environment[name]
  if (url === undefined || (URL.canParse(url) && /^https?:\/\//.test(url))) return []
  return [`${name} must be an address such as http://localhost:3000, not "${url}".`]
}

function unusableContainer(name: string): string[] {
  if (/^[a-z0-9](-?[a-z0-9]){2,62}$/.test(name)) return []
  return [
    `AZURE_STORAGE_CONTAINER_NAME must have 3 to 63 small letters, digits and single hyphens, unlike "${name}".`,
  ]
}
