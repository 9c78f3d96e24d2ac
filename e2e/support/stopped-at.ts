/**
 * Backs up or restores as the commands do, in a process of its own that kills itself at the first line which contains a text:
 * node stopped-at.ts backup|restore <folder> <text>. Where the shop is, it is told as the commands are.
 */
import { backUp } from '@tallyshop/operations/backup/back-up'
import { findShop } from '@tallyshop/operations/databases'
import { silent } from '@tallyshop/operations/progress'
import { restore } from '@tallyshop/operations/restore/restore'

const [what, folder = '', text = ''] = process.argv.slice(2)
const environment = Object.entries(process.env).map(([name, value]) => [name, value ?? ''])
const shop = await findShop(Object.fromEntries(environment), '')
if (!shop) throw new Error('The shop was not found.')
const stopAt = (line: string) => {
  if (line.includes(text)) process.kill(process.pid, 'SIGKILL')
}
const progress = { ...silent, say: stopAt }
if (what === 'backup') await backUp(shop, folder, { progress })
else await restore(shop, folder, { progress, force: true })
