/**
 * npm run reconcile: do the two databases agree, and the pictures with the rows that name them? Reads, changes nothing, says
 * what differs, and exits 1 if anything does. With --repair it mends what is safe to mend. The databases are those of the
 * running shop, unless PRODUCT_DATABASE_URL and ORDER_DATABASE_URL name others; the pictures are the running shop's, or in
 * the account that AZURE_STORAGE_ACCOUNT_NAME names.
 */
import { fileURLToPath } from 'node:url'
import { readConfig, readEnvironment } from '@tallyshop/embedded/config'
import { findShop } from './databases.ts'
import { reconcile } from './reconcile.ts'
import { repair } from './repair.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))
const environment = readEnvironment(`${home}/${process.env.ENV_FILE || '.env'}`, process.env)
const shop = await findShop(environment, readConfig(environment, home).dataDir)
if (!shop) {
  console.error(
    'No running shop was found: start it, or set both PRODUCT_DATABASE_URL and ORDER_DATABASE_URL.',
  )
  process.exit(1)
}
const { databases, pictures: store } = shop
try {
  const report = await reconcile(databases, { pictures: store })
  for (const { sentence } of report.differences) console.log(sentence)
  if (report.unlisted > 0) console.log(`… and ${report.unlisted} more.`)
  const { orders, movements, inMotion, differences, unlisted, pictures } = report
  console.log(
    pictures
      ? `${pictures.named} products with pictures, ${pictures.unnamed} stored pictures that none names`
      : 'Pictures were not looked at: no storage account is named.',
  )
  console.log(
    `${orders} orders, ${movements} stock movements, ${inMotion} in motion, ${differences.length + unlisted} differences`,
  )
  if (process.argv.includes('--repair')) {
    const due = await repair(databases, differences)
    console.log(
      `${due} cancelled orders were noted again for the return of their stock; the rest is for people to decide.`,
    )
  }
  process.exitCode = differences.length > 0 ? 1 : 0
} finally {
  await databases.end()
}
