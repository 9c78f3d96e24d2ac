import { randomUUID } from 'node:crypto'
import {
  BlobSASPermissions,
  BlobServiceClient,
  type ContainerClient,
  generateBlobSASQueryParameters,
  RestError,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import type { BlobStorageConfig } from '../config.ts'
import { StorageUnavailable } from '../domain/errors.ts'
import { type ImageSize, imageSizes, type Picture } from '../domain/image.ts'

const uploadTimeoutMs = 20_000

/** Our pictures in Azure Blob Storage: written once under names never used before, read through signed URLs. */
export class ImageStore {
  readonly #config: BlobStorageConfig
  readonly #credential: StorageSharedKeyCredential
  readonly #container: ContainerClient
  #containerExists: Promise<unknown> | undefined

  constructor(config: BlobStorageConfig) {
    this.#config = config
    this.#credential = new StorageSharedKeyCredential(config.accountName, config.accountKey)
    const retryOptions = { maxTries: 3, tryTimeoutInMs: 6_000, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 }
    const service = new BlobServiceClient(config.endpoint, this.#credential, { retryOptions })
    this.#container = service.getContainerClient(config.containerName)
  }

  /** Uploads all sizes and returns the stem of their names. Throws StorageUnavailable. */
  async upload(productId: number, picture: Picture): Promise<string> {
    const stem = `products/${productId}/${randomUUID()}`
    const abortSignal = AbortSignal.timeout(uploadTimeoutMs)
    try {
      await this.#createContainerOnce(abortSignal)
      const sizes = Object.keys(imageSizes) as ImageSize[]
      await Promise.all(sizes.map((size) => this.#put(blobName(stem, size), picture[size], abortSignal)))
      return stem
    } catch (cause) {
      this.#containerExists = undefined
      throw new StorageUnavailable('The picture could not be stored.', { cause })
    }
  }

  /**
   * A URL that opens one blob for reading, signed by local arithmetic. It lives between half of and the full configured
   * life, and stays the same within a signing window so that caches work.
   */
  signedUrl(stem: string, size: ImageSize, now = Date.now()): string {
    const { containerName, publicEndpoint, endpoint, urlLifeMs } = this.#config
    const name = blobName(stem, size)
    const sas = generateBlobSASQueryParameters(
      {
        containerName,
        blobName: name,
        permissions: BlobSASPermissions.parse('r'),
        expiresOn: new Date(this.#windowStart(now) + urlLifeMs),
        protocol: endpoint.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
      },
      this.#credential,
    )
    return `${publicEndpoint}/${containerName}/${name}?${sas}`
  }

  /** The blob of ours that a URL names, whatever host it goes through; undefined for a picture kept elsewhere. */
  blobNameOf(url: string): string | undefined {
    const path = new URL(url).pathname.replace(/%[\da-f]{2}/gi, (hex) =>
      String.fromCharCode(Number(`0x${hex.slice(1)}`)),
    )
    const name = path.match(ourBlobName)?.[0]
    return name && path.endsWith(`/${this.#config.containerName}/${name}`) ? name : undefined
  }

  #windowStart(now: number): number {
    const windowMs = this.#config.urlLifeMs / 2
    return Math.floor(now / windowMs) * windowMs
  }

  /** Azurite starts empty; an account's container is there already and this finds it so. */
  #createContainerOnce(abortSignal: AbortSignal): Promise<unknown> {
    this.#containerExists ??= this.#container.createIfNotExists({ abortSignal })
    return this.#containerExists
  }

  async #put(name: string, bytes: Buffer, abortSignal: AbortSignal): Promise<void> {
    const blobHTTPHeaders = {
      blobContentType: 'image/webp',
      blobCacheControl: 'public, max-age=31536000, immutable',
    }
    try {
      await this.#container
        .getBlockBlobClient(name)
        .uploadData(bytes, { conditions: { ifNoneMatch: '*' }, blobHTTPHeaders, abortSignal })
    } catch (error) {
      // The name is a fresh UUID: what is there came from an attempt of this upload whose answer was lost.
      if (!(error instanceof RestError && error.code === 'BlobAlreadyExists')) throw error
    }
  }
}

export function blobName(stem: string, size: ImageSize): string {
  return `${stem}-${imageSizes[size]}.webp`
}

const ourBlobName = /products\/\d+\/[\da-f-]{36}-\d+\.webp$/
