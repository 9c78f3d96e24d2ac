import type { RestoreReport } from './restore.ts'

/** Says on standard output what was restored. */
export function tellRestore({ manifest, pictures, leftOut }: RestoreReport): void {
  const { order_db, product_db } = manifest.databases
  if (leftOut.length > 0) {
    console.log(`No migration makes ${leftOut.join(', ')}: not restored, though the backup has it.`)
  }
  if (pictures) {
    console.log(
      `${manifest.pictures?.count} blobs of the backup are stored, ${pictures.uploaded} of them uploaded now; ` +
        `${pictures.others} others that are stored were left alone.`,
    )
  }
  const rows = [...order_db.tables, ...product_db.tables].reduce((sum, table) => sum + table.rows, 0)
  console.log(`Restored: ${rows} rows as they were at ${order_db.snapshotAt}.`)
}
