import { type BlockBlobParallelUploadOptions, type ContainerClient, RestError } from '@azure/storage-blob'
import type { Logger } from '@tallyshop/service-kit/logger'
import type { BlobStorageConfig } from '../config.ts'
import { StorageUnavailable } from '../domain/errors.ts'
import { type ImageSize, imageSizes, type Picture } from '../domain/image.ts'
import type { StoredBlob, SweptStorage } from '../domain/sweep-images.ts'
import { inWords, openAccount } from './account.ts'
import { DelegationKeys } from './delegation-keys.ts'
import { blobName, nameAtEndOf, newStem } from './image-names.ts'
import { isMissing, listPages, shopKey } from './listing.ts'
import { type Signing, signWithAccountKey } from './signing.ts'

/** Far below the hour that the sweeper leaves to blobs which no row names yet. */
const uploadTimeoutMs = 20_000

/** Our pictures in Azure Blob Storage: written once under names never used before, read through signed URLs. */
export class ImageStore implements SweptStorage {
  readonly #config: BlobStorageConfig
  readonly #container: ContainerClient
  readonly #signing: Signing
  #containerExists = false

  constructor(config: BlobStorageConfig) {
    this.#config = config
    const { accountKey } = config
    const account = openAccount(config)
    this.#container = account.getContainerClient(config.containerName)
    this.#signing =
      accountKey === undefined
        ? new DelegationKeys(openAccount(config, 1), config)
        : signWithAccountKey({ ...config, accountKey })
  }

  /** Begins to keep what URLs are signed with. A store that cannot be reached is no reason to fail. */
  start(log: Logger): Promise<void> {
    return this.#signing.start(log)
  }

  stop(): Promise<void> {
    return this.#signing.stop()
  }

  /**
   * Uploads all sizes, marked as this shop's, and returns the stem of their names. Throws StorageUnavailable, and the reason
   * of `signal`.
   */
  async upload(productId: number, picture: Picture, shopUid: string, signal: AbortSignal): Promise<string> {
    const stem = newStem(productId)
    const abortSignal = AbortSignal.any([AbortSignal.timeout(uploadTimeoutMs), signal])
    const metadata = { [shopKey]: shopUid }
    try {
      await this.#createContainerOnce(abortSignal)
      const sizes = Object.keys(imageSizes) as ImageSize[]
      await Promise.all(
        sizes.map((size) => this.#put(blobName(stem, size), picture[size], { metadata, abortSignal })),
      )
      return stem
    } catch (error) {
      signal.throwIfAborted()
      this.#containerExists = false
      throw new StorageUnavailable('The picture could not be stored.', { cause: this.#explain(error) })
    }
  }

  /**
   * A URL that opens one blob for reading, signed by local arithmetic. It lives between half of and the full configured
   * life, and stays the same within a signing window so that caches work. Unsigned, it names the blob and does not open it.
   */
  signedUrl(stem: string, size: ImageSize, now = Date.now()): string {
    const { containerName, publicEndpoint } = this.#config
    const name = blobName(stem, size)
    const signature = this.#signing.sign(name, now)
    return `${publicEndpoint}/${containerName}/${name}${signature && `?${signature}`}`
  }

  /** The blob of ours that a URL names, whatever host it goes through; undefined for a picture kept elsewhere. */
  blobNameOf(url: string): string | undefined {
    const path = new URL(url).pathname.replace(/%[\da-f]{2}/gi, (hex) =>
      String.fromCharCode(Number(`0x${hex.slice(1)}`)),
    )
    const name = nameAtEndOf(path)
    return name && path.endsWith(`/${this.#config.containerName}/${name}`) ? name : undefined
  }

  listPages({ from, signal }: { from: string | undefined; signal: AbortSignal }) {
    return listPages(this.#container, { from, signal })
  }

  async remove({ name, lastModified }: StoredBlob, signal: AbortSignal): Promise<void> {
    const conditions = { ifUnmodifiedSince: lastModified }
    try {
      const options = { conditions, deleteSnapshots: 'include' as const, abortSignal: signal }
      await this.#container.getBlobClient(name).delete(options)
    } catch (error) {
      if (!isMissing(error)) throw this.#explain(error)
    }
  }

  /**
   * Azurite starts empty; an account's container is there already. Each upload asks for itself: one that is broken off
   * takes no other along.
   */
  async #createContainerOnce(abortSignal: AbortSignal): Promise<void> {
    if (!this.#containerExists) await this.#container.createIfNotExists({ abortSignal })
    this.#containerExists = true
  }

  async #put(name: string, bytes: Buffer, options: BlockBlobParallelUploadOptions): Promise<void> {
    const blobHTTPHeaders = {
      blobContentType: 'image/webp',
      blobCacheControl: 'public, max-age=31536000, immutable',
    }
    try {
      await this.#container
        .getBlockBlobClient(name)
        .uploadData(bytes, { ...options, conditions: { ifNoneMatch: '*' }, blobHTTPHeaders })
    } catch (error) {
      // The name is a fresh UUID: what is there came from an attempt of this upload whose answer was lost.
      if (!(error instanceof RestError && error.code === 'BlobAlreadyExists')) throw error
    }
  }

  #explain(error: unknown): unknown {
    return inWords(error, this.#config, 'Storage Blob Data Contributor')
  }
}
