import { accessSync, constants, existsSync, mkdirSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { CannotStart } from './cannot-start.ts'

/** Makes the data folder (0700) where it is missing, and refuses one that cannot be written; gives its one true path. */
export function prepareDataFolder(folder: string): string {
  try {
    makeFolder(folder)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return realpathSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CannotStart(
      `The data folder ${folder} cannot be written (${code}): make it yours, or start with DATA_DIR set to another folder.`,
    )
  }
}

/** Level by level: Node's own way to make missing parents never ends where a parent takes no folders, as /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  mkdirSync(folder, { mode: 0o700 })
}
