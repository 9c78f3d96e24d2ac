import { inWords as inStorageWords, openAccount } from '@tallyshop/product-service/blob-storage/account'
import type { BlobStorageConfig } from '@tallyshop/product-service/config'
import type { Manifest } from '../backup/manifest.ts'
import { CannotProceed, inWords } from '../cannot-proceed.ts'
import type { Watched } from '../progress.ts'
import { countStored, uploadPictures } from './upload-pictures.ts'

export type BroughtPictures = { uploaded: number; others: number }

/**
 * Uploads what the store lacks of a backup's pictures, and leaves everything else there alone. Returns how to look again,
 * once the database names them: until then the sweeper of a running shop may remove one. Undefined for a backup without
 * pictures. Throws CannotProceed.
 */
export async function bringPictures(
  blobStorage: BlobStorageConfig | undefined,
  folder: string,
  { pictures }: Manifest,
  { progress, signal }: Watched,
): Promise<(() => Promise<BroughtPictures>) | undefined> {
  const count = pictures?.count ?? 0
  if (count === 0) return undefined
  if (!blobStorage) {
    throw new CannotProceed(
      `The backup has ${count} blobs, and no storage account is named: set AZURE_STORAGE_ACCOUNT_NAME and its fellows.`,
    )
  }
  const container = openAccount(blobStorage).getContainerClient(blobStorage.containerName)
  const refuse = (what: string) => (cause: unknown) => {
    const reason = inWords(inStorageWords(cause, blobStorage, 'Storage Blob Data Contributor'))
    throw new CannotProceed(`${what}: ${reason}`, { cause })
  }
  const uploadAll = async (signal: AbortSignal) => {
    await container.createIfNotExists({ abortSignal: signal })
    return uploadPictures(container, folder, count, { progress, signal })
  }
  const uploaded = await uploadAll(signal).catch((cause) => {
    signal.throwIfAborted()
    return refuse('The pictures could not be stored')(cause)
  })
  const lookAgain = async () => {
    const { ofBackup, others } = await countStored(container, folder)
    const more = ofBackup < count ? await uploadAll(new AbortController().signal) : 0
    return { uploaded: uploaded + more, others }
  }
  return () =>
    lookAgain().catch(
      refuse('Both databases are restored, and some pictures may be missing: restore again, with --force'),
    )
}
