import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { CannotStart } from '../cannot-start.ts'
import type { Begin } from '../child-process.ts'
import { withItsLog } from '../last-words.ts'
import { getPostgresBinaries, postgresMajor } from './binaries.ts'
import { asOrdinaryUser, giveToPostgres } from './user.ts'

export type ClusterSpec = {
  /** As the person at the terminal knows it: "order database". */
  name: string
  folder: string
  database: string
  password: string
  logFile: string
  /** Whether what is acknowledged must survive a loss of power. */
  durable: boolean
}

/** True when the folder holds a cluster that this PostgreSQL can run; false when there is none yet. */
export function isCluster(folder: string): boolean {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return false
  const version = readIfThere(join(folder, 'PG_VERSION'))?.trim()
  if (version === postgresMajor) return true
  if (!version)
    throw new CannotStart(`The folder ${folder} holds no PostgreSQL data but is not empty: move it away.`)
  throw new CannotStart(
    `The data in ${folder} is of PostgreSQL ${version}, and the shop runs PostgreSQL ${postgresMajor}: bring the data over with pg_dump of version ${version}, or start with DATA_DIR set to another folder.`,
  )
}

/**
 * Makes a cluster with one empty database in it. The folder gets its name only when all of it is on the disk, so
 * a start that is killed leaves nothing that looks like data.
 */
export async function createCluster(spec: ClusterSpec, begin: Begin): Promise<void> {
  const { initdb, postgres } = getPostgresBinaries()
  const draft = `${spec.folder}.new`
  const passwordFile = join(draft, 'password')
  const data = join(draft, 'data')
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(data, { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile, spec.password, { mode: 0o600 })
  giveToPostgres(draft)

  const login = ['-U', 'postgres', '--pwfile', passwordFile, '-A', 'scram-sha-256']
  await run([initdb, '-D', data, ...login, ...localeOptions(), '--data-checksums', '--no-sync'], spec, begin)
  await run(
    [postgres, '--single', '-F', '-D', data, 'postgres'],
    spec,
    begin,
    `create database ${spec.database};\n`,
  )
  if (spec.durable) await run([initdb, '--sync-only', '-D', data], spec, begin)
  rmSync(spec.folder, { recursive: true, force: true })
  renameSync(data, spec.folder)
  if (spec.durable) syncFolder(dirname(spec.folder))
  rmSync(draft, { recursive: true, force: true })
}

async function run(
  command: string[],
  { name, logFile }: ClusterSpec,
  begin: Begin,
  input?: string,
): Promise<void> {
  const child = begin({
    name,
    logFile,
    command,
    asUser: asOrdinaryUser(),
    environment: postgresEnvironment(),
    stopSignal: 'SIGINT',
    deathSignal: 'SIGKILL',
    ...(input !== undefined && { input }),
  })
  if ((await child.ended) !== 'exit code 0')
    throw new CannotStart(withItsLog(`The ${name} cannot be made`, logFile))
}

/** PostgreSQL reads PG… and LC_… variables: it gets none of the user's. */
export function postgresEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC' }
}

/** Text sorts by code point, and upper and lower case follow Unicode; macOS has no C.UTF-8. */
function localeOptions(): string[] {
  const locale =
    process.platform === 'darwin' ? ['--locale=C', '--lc-ctype=en_US.UTF-8'] : ['--locale=C.UTF-8']
  return ['--encoding=UTF8', ...locale]
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
