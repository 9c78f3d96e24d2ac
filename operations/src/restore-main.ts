/**
 * npm run restore -- <folder> [--force]: makes the shop what a backup says, all of it or nothing, and then asks `reconcile`
 * whether the numbers agree. A shop that is not empty is replaced with --force only. Exits 1 where nothing was restored, or
 * where reconcile found differences.
 */
import { CannotProceed, inWords } from './cannot-proceed.ts'
import { readFolderArgument, runCommand } from './command.ts'
import { withProgress } from './progress.ts'
import { reconcileShop } from './reconcile.ts'
import { restore } from './restore/restore.ts'
import { tellRestore } from './restore/tell-restore.ts'
import { tellReport } from './tell-report.ts'

await runCommand(async (shop, signal) => {
  const folder = readFolderArgument('npm run restore -- <folder> [--force]', ['--force'])
  const force = process.argv.includes('--force')
  tellRestore(await withProgress((progress) => restore(shop, folder, { force, progress, signal })))
  try {
    return await reconcileShop(shop, async (report) => {
      tellReport(report)
      if (report.differences.length === 0) return 0
      console.log(
        'The restore itself is complete: the differences above were in the backup, or have come since. Nothing is freed because of them.',
      )
      return 1
    })
  } catch (cause) {
    const reason = inWords(cause)
    throw new CannotProceed(`The restore is complete. It could not be compared: ${reason}. Run reconcile.`, {
      cause,
    })
  }
})
