import { setTimeout as sleep } from 'node:timers/promises'
import { compareDatabases, type DatabaseCounts } from './compare-databases.ts'
import { comparePictures, type PictureCounts } from './compare-pictures.ts'
import { connectBoth, type Databases, type ShopAddress } from './databases.ts'
import { openPictureStore, type PictureStore } from './picture-store.ts'
import { inSnapshot } from './snapshots.ts'

/** Something that does not agree. `about` says what, the same in every pass; `kind` whether it can be mended. */
export type Difference = {
  kind: 'not_returned' | 'other'
  about: string
  sentence: string
  orderUid?: string
}

export type Report = DatabaseCounts & {
  /** Absent where no store of pictures was given. */
  pictures?: PictureCounts
  differences: Difference[]
  /** How many more there are than the list holds. */
  unlisted: number
}

export type Options = { pauseMs?: number; pictures?: PictureStore | undefined }

const passes = 3
/** A restore to half a minute before leaves thousands, each of which somebody may have been told about. */
const mostDifferences = 100_000

/**
 * Compares each stock with its ledger and with what is held for orders (I1, I2), and each order with its allocation (I5,
 * I6, I7, I9), and each product's picture with what is stored. A stock is judged within one instant of its database. An
 * order is seen in two databases, a picture in a database and a store, which are two clocks: only what three passes in a row
 * find is a difference.
 */
export async function reconcile(
  databases: Databases,
  { pauseMs = 2_000, pictures }: Options = {},
): Promise<Report> {
  let report = await comparePass(databases, pictures)
  for (let pass = 1; pass < passes && report.differences.length > 0; pass++) {
    await sleep(pauseMs)
    const next = await comparePass(databases, pictures)
    const known = new Set(report.differences.map(({ about }) => about))
    report = { ...next, differences: next.differences.filter(({ about }) => known.has(about)) }
  }
  return report
}

/** The same for a shop that was found by its address; `use` gets the report and the open databases. */
export async function reconcileShop<Result>(
  { urls, blobStorage }: ShopAddress,
  use: (report: Report, databases: Databases) => Promise<Result>,
): Promise<Result> {
  const databases = connectBoth(urls.product_db, urls.order_db)
  try {
    const pictures = blobStorage && openPictureStore(blobStorage)
    return await use(await reconcile(databases, { pictures }), databases)
  } finally {
    await databases.end()
  }
}

async function comparePass(databases: Databases, pictures: PictureStore | undefined): Promise<Report> {
  const differences: Difference[] = []
  let unlisted = 0
  const add = (found: Difference[]) => {
    const room = mostDifferences - differences.length
    differences.push(...found.slice(0, room))
    unlisted += Math.max(0, found.length - room)
  }
  const counts = await inSnapshot(databases, (product, order) => compareDatabases(product, order, { add }))
  const pictureCounts = pictures && (await comparePictures(databases.product, pictures, add))
  return { ...counts, ...(pictureCounts && { pictures: pictureCounts }), differences, unlisted }
}
