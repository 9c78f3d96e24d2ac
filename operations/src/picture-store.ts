import type { RunningShop } from '@tallyshop/embedded/lock'
import { openAccount } from '@tallyshop/product-service/blob-storage/account'
import { listPages } from '@tallyshop/product-service/blob-storage/listing'
import { type BlobStorageConfig, readBlobStorage } from '@tallyshop/product-service/config'
import { readEnvironment } from '@tallyshop/service-kit/environment'

/** What is stored of one picture: the names of its sizes' blobs, and for how long the youngest has been there. */
export type StoredPicture = { stem: string; names: string[]; ageMs: number }

/** Walks all stored pictures, sorted by stem, however many there are. Throws PicturesUnreadable. */
export type PictureStore = () => AsyncGenerator<StoredPicture>

/** The store of pictures could not be read, or not in order. */
export class PicturesUnreadable extends Error {
  override name = 'PicturesUnreadable'
}

/**
 * Where the pictures of the running shop are, or of the shop that the environment describes; undefined where that names no
 * store. Throws a ConfigurationError for an account that cannot be one.
 */
export function findPictureStorage(
  environment: Record<string, string>,
  shop?: RunningShop,
): BlobStorageConfig | undefined {
  const local = shop?.pictureStore && {
    AZURE_STORAGE_ACCOUNT_NAME: shop.pictureStore.accountName,
    AZURE_STORAGE_ACCOUNT_KEY: shop.pictureStore.accountKey,
    AZURE_STORAGE_BLOB_ENDPOINT: shop.pictureStore.endpoint,
  }
  const { blobStorage } = readEnvironment({ ...environment, ...local }, (read) => ({
    blobStorage: readBlobStorage(read, shop?.urls.shop ?? 'http://localhost'),
  }))
  return blobStorage
}

export function openPictureStore(blobStorage: BlobStorageConfig): PictureStore {
  const container = openAccount(blobStorage).getContainerClient(blobStorage.containerName)
  return async function* () {
    try {
      yield* groupByStem(listPages(container))
    } catch (cause) {
      throw new PicturesUnreadable(cause instanceof Error ? cause.message : String(cause), { cause })
    }
  }
}

async function* groupByStem(pages: ReturnType<typeof listPages>): AsyncGenerator<StoredPicture> {
  let picture: StoredPicture | undefined
  for await (const { blobs } of pages) {
    for (const { name, stem, ageMs } of blobs) {
      if (stem === undefined) continue
      if (picture && stem !== picture.stem) {
        if (stem < picture.stem) throw new Error('Its listing is not in the order of names.')
        yield picture
        picture = undefined
      }
      picture ??= { stem, names: [], ageMs }
      picture.names.push(name)
      picture.ageMs = Math.min(picture.ageMs, ageMs)
    }
  }
  if (picture) yield picture
}
