/**
 * npm run reconcile: do the two databases agree, and the pictures with the rows that name them? Reads, changes nothing, says
 * what differs, and exits 1 if anything does. With --repair it mends what is safe to mend. The databases are those of the
 * running shop, unless PRODUCT_DATABASE_URL and ORDER_DATABASE_URL name others; the pictures are the running shop's, or
 * where the environment says that they are.
 */
import { runCommand } from './command.ts'
import { reconcileShop } from './reconcile.ts'
import { repair } from './repair.ts'
import { tellReport } from './tell-report.ts'

await runCommand((shop) =>
  reconcileShop(shop, async (report, databases) => {
    tellReport(report)
    if (process.argv.includes('--repair')) {
      const due = await repair(databases, report.differences)
      console.log(
        `${due} cancelled orders were noted again for the return of their stock; the rest is for people to decide.`,
      )
    }
    return report.differences.length > 0 ? 1 : 0
  }),
)
