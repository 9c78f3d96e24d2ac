import { spawnSync } from 'node:child_process'
import { cpSync, globSync } from 'node:fs'
import { basename, join } from 'node:path'

/** A service as it was right before its newest migration came. */
export type VersionBefore = { commit: string; newestMigration: string }

/**
 * Finds the version before a service's newest migration in the history of the repository `home`; undefined where the
 * service began with that migration. Throws where the history is cut off.
 */
export function findVersionBefore(home: string, service: string): VersionBefore | undefined {
  const folder = `backend/${service}/migrations`
  const newest = globSync(`${folder}/*.sql`, { cwd: home }).sort().at(-1)
  if (newest === undefined) throw new Error(`There are no migrations in ${folder}.`)
  const git = (...args: string[]) =>
    call(home, ['git', ...args])
      .toString()
      .trim()
  if (git('rev-parse', '--is-shallow-repository') === 'true') {
    throw new Error('This clone has only the end of its history: `git fetch --unshallow` gets the rest.')
  }
  const added = git('log', '-1', '--no-renames', '--diff-filter=A', '--format=%H', '--', newest)
  // What is not committed yet comes after everything that is.
  const commit = added ? git('log', '-1', '--format=%P', added).split(' ')[0] : git('rev-parse', 'HEAD')
  if (!commit || git('ls-tree', '--name-only', commit, `${folder}/`) === '') return undefined
  return { commit, newestMigration: basename(newest) }
}

/** Puts that version of the service into an empty folder, with its own packages and on the migrations of today. */
export function layOut(home: string, service: string, { commit }: VersionBefore, folder: string): void {
  call(folder, ['tar', '-x'], call(home, ['git', 'archive', commit]))
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
  const needed = [`--workspace=backend/${service}`, '--omit=dev', '--ignore-scripts']
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  call(folder, [...npm, 'ci', ...needed, ...quietly])
  const migrations = `backend/${service}/migrations`
  cpSync(join(home, migrations), join(folder, migrations), { recursive: true })
}

function call(cwd: string, [command = '', ...args]: string[], input?: Buffer): Buffer {
  const bounds = { maxBuffer: 512 * 1024 * 1024, timeout: 180_000 }
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    ...bounds,
    ...(input && { input }),
  })
  if (status === 0) return stdout
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr.toString().trim()}`)
}
