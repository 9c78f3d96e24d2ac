import {
  BlobSASPermissions,
  type BlobSASSignatureValues,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import type { Logger } from '@tallyshop/service-kit/logger'
import type { BlobStorageConfig } from '../config.ts'

/** Makes the part of a URL that lets it open one blob for reading. */
export type Signing = {
  /** By local arithmetic, the same within a window; '' while there is nothing to sign with. */
  sign: (blobName: string, now: number) => string
  /** Begins to keep what it signs with; resolves when that is there, or cannot be had yet. */
  start: (log: Logger) => Promise<void>
  stop: () => Promise<void>
}

/** Signs with the account's key, which needs nobody. */
export function signWithAccountKey(config: BlobStorageConfig & { accountKey: string }): Signing {
  const credential = new StorageSharedKeyCredential(config.accountName, config.accountKey)
  return {
    sign: (blobName, now) => {
      const { expiresAt } = windowAt(now, config.urlLifeMs)
      return String(generateBlobSASQueryParameters(readOne(config, blobName, expiresAt), credential))
    },
    start: async () => {},
    stop: async () => {},
  }
}

export type SigningWindow = { startsAt: number; expiresAt: number }

/** Windows are half of a URL's life long, so what is signed in one lives between half of and the full life. */
export function windowAt(time: number, lifeMs: number): SigningWindow {
  const lengthMs = lifeMs / 2
  const startsAt = Math.floor(time / lengthMs) * lengthMs
  return { startsAt, expiresAt: startsAt + lifeMs }
}

export function readOne(
  { containerName, endpoint }: BlobStorageConfig,
  blobName: string,
  expiresAt: number,
): BlobSASSignatureValues {
  return {
    containerName,
    blobName,
    permissions: BlobSASPermissions.parse('r'),
    expiresOn: new Date(expiresAt),
    protocol: endpoint.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
  }
}
