import { join } from 'node:path'
import type { Place } from './place.ts'

/** What a process of the shop is told, whichever it is. */
export function commonVariables({ folder }: Place): Record<string, string> {
  return { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: join(folder, 'compiled') }
}

type Links = { database: number; blobs?: number | undefined; products?: number | undefined }

/** What a service is told: its neighbours are at the near ends of its links. */
export function serviceVariables(
  place: Place,
  kind: 'product' | 'order',
  links: Links,
): Record<string, string> {
  const { serviceAuth, orderToken, databasePassword } = place.secrets
  return {
    ...commonVariables(place),
    LOG_LEVEL: 'info',
    SERVICE_AUTH_SECRET: serviceAuth,
    // Longer than an edge needs to notice.
    DRAIN_SECONDS: '1',
    POSTGRES_HOST: '127.0.0.1',
    POSTGRES_PORT: String(links.database),
    POSTGRES_USER: 'postgres',
    POSTGRES_PASSWORD: databasePassword,
    POSTGRES_DB: `${kind}s`,
    ...(links.products && {
      PRODUCT_SERVICE_URL: `http://127.0.0.1:${links.products}`,
      ORDER_TOKEN_SECRET: orderToken,
    }),
    ...(links.blobs && blobVariables(place, links.blobs)),
  }
}

const accountName = 'tallyshop'

/** The blob store, reached through a port; those who look at pictures reach it directly. */
export function blobVariables({ ports, secrets }: Place, port: number): Record<string, string> {
  return {
    AZURE_STORAGE_ACCOUNT_NAME: accountName,
    AZURE_STORAGE_ACCOUNT_KEY: secrets.accountKey,
    AZURE_STORAGE_BLOB_ENDPOINT: `http://127.0.0.1:${port}/${accountName}`,
    AZURE_STORAGE_PUBLIC_ENDPOINT: `http://127.0.0.1:${ports.blobs}/${accountName}`,
  }
}
