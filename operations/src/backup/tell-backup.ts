import type { BackupReport } from './back-up.ts'
import { megabytes } from './dump-database.ts'

/** Says on standard output what a backup holds, and what its two instants say of each other. */
export function tellBackup(
  { manifest: { databases, comparison }, pictures }: BackupReport,
  folder: string,
): void {
  tellPictures(pictures)
  const { ordersInMotion, inMotion, sentences, differences, oneCut } = comparison
  if (inMotion > 0) {
    console.log(
      `${inMotion} orders were just being placed or called off; after a restore the shop goes on with them:`,
      listed(ordersInMotion, inMotion),
    )
  }
  for (const sentence of sentences) console.log(sentence)
  if (differences > sentences.length) console.log(`… and ${differences - sentences.length} more.`)
  const { snapshotAt } = databases.order_db
  console.log(
    oneCut
      ? 'Both databases are as they were at one moment: no order was begun or called off in between.'
      : `The orders are of ${snapshotAt} and the products of ${databases.product_db.snapshotAt}: the differences of that time are above.`,
  )
  console.log(
    `${comparison.orders} orders, ${inMotion} in motion, ${differences} differences. The backup in ${folder} is complete.`,
  )
}

function tellPictures(pictures: BackupReport['pictures']): void {
  if (!pictures) {
    console.log('No pictures: no storage account is named, and no product names a picture of it.')
    return
  }
  const { missing, missed, foreign, count, bytes } = pictures
  for (const name of missing) {
    console.log(`${name} is named by a product of the snapshot and is not stored (any more).`)
  }
  if (missed > missing.length) console.log(`… and ${missed - missing.length} more.`)
  if (foreign > 0) console.log(`${foreign} blobs of the container are not this shop's and were left out.`)
  console.log(`${count} blobs, ${megabytes(bytes)}; ${missed} that products name are missing`)
}

function listed(some: string[], all: number): string {
  return some.join(', ') + (all > some.length ? ` … and ${all - some.length} more` : '')
}
