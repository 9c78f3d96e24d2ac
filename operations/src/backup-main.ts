/**
 * npm run backup -- <folder>: writes one instant of each database and all pictures of the shop, which may be running, into a
 * new folder. Says what it found when it compared the two instants; exits 1 where no complete backup was made.
 */
import { backUp } from './backup/back-up.ts'
import { tellBackup } from './backup/tell-backup.ts'
import { readFolderArgument, runCommand } from './command.ts'
import { withProgress } from './progress.ts'

await runCommand(async (shop, signal) => {
  const folder = readFolderArgument('npm run backup -- <folder>')
  tellBackup(await withProgress((progress) => backUp(shop, folder, { progress, signal })), folder)
  return 0
})
