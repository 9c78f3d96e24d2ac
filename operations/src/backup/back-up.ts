import { readFile } from 'node:fs/promises'
import { openAccount } from '@tallyshop/product-service/blob-storage/account'
import { CannotProceed } from '../cannot-proceed.ts'
import { compareDatabases } from '../compare-databases.ts'
import type { ShopAddress } from '../databases.ts'
import { silent, type Watched } from '../progress.ts'
import { clearBackupFolder, makeBackupFolder } from './backup-folder.ts'
import { readApplied } from './catalog.ts'
import { dumpDatabase } from './dump-database.ts'
import { dumpPictures, type PicturesReport } from './dump-pictures.ts'
import { type Comparison, type Manifest, writeManifest } from './manifest.ts'
import { type NamedInRows, readNamedPictures, stemsOf } from './named-pictures.ts'
import { type Snapshots, takeSnapshots } from './take-snapshots.ts'

export type BackupReport = { manifest: Manifest; pictures: PicturesReport | undefined }

const mostListed = 100

/**
 * Writes one instant of each database and all pictures of a shop, which may be running, into a new folder. What is not
 * complete is removed again, or has no manifest and is no backup. Throws CannotProceed.
 */
export async function backUp(
  shop: ShopAddress,
  folder: string,
  { progress = silent, signal = new AbortController().signal }: Partial<Watched> = {},
): Promise<BackupReport> {
  await makeBackupFolder(folder)
  try {
    return await writeBackup(shop, folder, { progress, signal })
  } catch (error) {
    await clearBackupFolder(folder).catch(() => {})
    throw error
  }
}

async function writeBackup(shop: ShopAddress, folder: string, watched: Watched): Promise<BackupReport> {
  const { databases, comparison, named } = await dumpDatabases(shop, folder, watched)
  const pictures = await dumpShopPictures(shop, folder, { named, databases }, watched)
  watched.signal.throwIfAborted()
  const facts = {
    tallyshop: await ownVersion(),
    databases,
    comparison,
    pictures: pictures ? { count: pictures.count, bytes: pictures.bytes, list: pictures.list } : null,
  }
  return { manifest: await writeManifest(folder, facts), pictures }
}

async function dumpDatabases(shop: ShopAddress, folder: string, { progress, signal }: Watched) {
  const snapshots = await takeSnapshots(shop.urls)
  const breakOff = () => void snapshots.end()
  signal.addEventListener('abort', breakOff)
  try {
    signal.throwIfAborted()
    const { order, product, takenAt } = snapshots
    for (const { name, db } of [order, product]) {
      if ((await readApplied(db)).length === 0) throw new CannotProceed(`${name} is not a shop's database.`)
    }
    const named = await readNamedPictures(product.db)
    if (!shop.blobStorage && named.count > 0) {
      throw new CannotProceed(
        `${named.count} products have pictures, and no storage account is named: set AZURE_STORAGE_ACCOUNT_NAME and its fellows.`,
      )
    }
    const databases = {
      order_db: { snapshotAt: takenAt.order_db, ...(await dumpDatabase(order, folder, progress)) },
      product_db: { snapshotAt: takenAt.product_db, ...(await dumpDatabase(product, folder, progress)) },
    }
    progress.update('comparing the two snapshots')
    return { databases, comparison: await compare(snapshots), named }
  } finally {
    signal.removeEventListener('abort', breakOff)
    await snapshots.end()
  }
}

async function compare({ order, product, oneCut }: Snapshots): Promise<Comparison> {
  const ordersInMotion: string[] = []
  const sentences: string[] = []
  let differences = 0
  const { orders, inMotion } = await compareDatabases(product.db, order.db, {
    add: (found) => {
      differences += found.length
      sentences.push(...found.slice(0, mostListed - sentences.length).map(({ sentence }) => sentence))
    },
    moving: (orderUid) => {
      if (ordersInMotion.length < mostListed) ordersInMotion.push(orderUid)
    },
  })
  return { oneCut, orders, inMotion, ordersInMotion, differences, sentences }
}

/** The snapshots are let go before: the rows that name pictures are read from the file, however many there are. */
async function dumpShopPictures(
  { blobStorage }: ShopAddress,
  folder: string,
  { named: { shopUid, count }, databases }: { named: NamedInRows; databases: Manifest['databases'] },
  watched: Watched,
): Promise<PicturesReport | undefined> {
  const products = databases.product_db.tables.find(({ name }) => name === 'products')
  if (!blobStorage || !products) return undefined
  const container = openAccount(blobStorage).getContainerClient(blobStorage.containerName)
  const abortSignal = AbortSignal.any([AbortSignal.timeout(30_000), watched.signal])
  if (count > 0 && !(await container.exists({ abortSignal }))) {
    throw new CannotProceed(
      `${count} products have pictures, and the account has no container ${blobStorage.containerName}: is AZURE_STORAGE_CONTAINER_NAME right?`,
    )
  }
  return dumpPictures(container, folder, { shopUid, stems: stemsOf(folder, products) }, watched)
}

async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return JSON.parse(text).version
}
