import { existsSync } from 'node:fs'
import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CannotProceed, inFileWords } from '../cannot-proceed.ts'
import { syncFolder } from './checked-files.ts'

/** Makes the folder (0700) of a new backup, and refuses one that holds anything or cannot be written. */
export async function makeBackupFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
    if ((await readdir(folder)).length > 0) {
      throw new CannotProceed(
        `${folder} is not empty: a backup goes into a folder that is new, or has nothing in it.`,
      )
    }
    const probe = join(folder, 'incomplete')
    await (await open(probe, 'wx', 0o600)).close()
    await rm(probe)
  } catch (error) {
    if (error instanceof CannotProceed) throw error
    throw new CannotProceed(`The folder ${folder} cannot be written (${inFileWords(error)}).`, {
      cause: error,
    })
  }
}

/** Removes what an unfinished backup has written into its folder, which held nothing before; one that is finished stays. */
export async function clearBackupFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, 'manifest.json'))) return
  const ours = ['product_db', 'order_db', 'blobs', 'blobs.jsonl', 'manifest.json.new']
  for (const name of ours) await rm(join(folder, name), { recursive: true, force: true })
}

/** Level by level: Node's own way to make missing parents never ends where a parent takes no folders, as /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return
  await makeFolder(dirname(folder))
  await mkdir(folder, { mode: 0o700 })
  await syncFolder(dirname(folder))
}
