import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs'
import { CannotStart } from './cannot-start.ts'

/** Makes the data folder (0700) where it is missing, and refuses one that cannot be written; gives its one true path. */
export function prepareDataFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    return realpathSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CannotStart(
      `The data folder ${folder} cannot be written (${code}): make it yours, or start with DATA_DIR set to another folder.`,
    )
  }
}
