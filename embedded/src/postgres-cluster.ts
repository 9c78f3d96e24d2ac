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
import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart } from './cannot-start.ts'
import type { ProcessSpec, RunningProcess } from './child-process.ts'
import { asOrdinaryUser, getPostgresBinaries, postgresMajor } from './postgres-binaries.ts'

export type ClusterSpec = {
  name: string
  folder: string
  database: string
  password: string
  logFile: string
  durable: boolean
}
export type Begin = (spec: ProcessSpec) => RunningProcess

/** True when the folder holds a cluster that this PostgreSQL can run; false when there is none yet. */
export function isCluster(folder: string): boolean {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return false
  const file = join(folder, 'PG_VERSION')
  if (!existsSync(file))
    throw new CannotStart(`The folder ${folder} is not empty and holds no PostgreSQL data: move it away.`)
  const version = readFileSync(file, 'utf8').trim()
  if (version === postgresMajor) return true
  throw new CannotStart(
    `The data in ${folder} is of PostgreSQL ${version}, and this shop runs PostgreSQL ${postgresMajor}: bring it over with pg_dump, or start with another DATA_DIR.`,
  )
}

/**
 * Makes a cluster with one empty database in it. The folder gets its name only when all of it is on the disk, so
 * a start that is killed leaves nothing that looks like data.
 */
export async function createCluster(spec: ClusterSpec, begin: Begin): Promise<void> {
  const { initdb, postgres } = getPostgresBinaries()
  const draft = `${spec.folder}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  const passwordFile = `${spec.folder}.password`
  writeFileSync(passwordFile, spec.password, { mode: 0o600 })
  const run = async (command: string[], input?: string) => {
    const child = begin({
      ...toolSpec(spec),
      command: [...asOrdinaryUser(), ...command],
      ...(input ? { input } : {}),
    })
    const how = await child.ended
    if (how !== 'exit code 0')
      throw new CannotStart(`The ${spec.name} cannot be created (${how}); the log is ${spec.logFile}.`)
  }
  try {
    await run([
      initdb,
      '-D',
      draft,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      '--pwfile',
      passwordFile,
      '-k',
      '--no-sync',
      '--encoding=UTF8',
      ...localeOptions(),
    ])
    await run([postgres, '--single', '-D', draft, '-F', 'postgres'], `create database ${spec.database};\n`)
    if (spec.durable) await run([initdb, '--sync-only', '-D', draft])
  } finally {
    rmSync(passwordFile, { force: true })
  }
  rmSync(spec.folder, { recursive: true, force: true })
  renameSync(draft, spec.folder)
  if (spec.durable) syncFolder(dirname(spec.folder))
}

/** Ends a server that an earlier launcher left behind on this folder: it would refuse the next one. */
export async function stopLeftover(folder: string): Promise<void> {
  const pid = findServerPid(folder)
  if (!pid) return
  const signals: [NodeJS.Signals, number][] = [
    ['SIGINT', 5000],
    ['SIGQUIT', 2000],
    ['SIGKILL', 1000],
  ]
  for (const [signal, withinMs] of signals) {
    if (!send(pid, signal)) break
    const deadline = Date.now() + withinMs
    while (Date.now() < deadline && send(pid, 0)) await sleep(20)
  }
}

/** The line of postmaster.pid that says "ready" once the server answers. */
export function isReady(folder: string, port: number): boolean {
  try {
    const lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
    return lines[3] === String(port) && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

function findServerPid(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0])
    return pid > 1 && send(pid, 0) ? pid : undefined
  } catch {
    return undefined
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** Text sorts by code point and upper and lower case follow Unicode; macOS has no C.UTF-8. */
function localeOptions(): string[] {
  return process.platform === 'darwin' ? ['--locale=C', '--lc-ctype=en_US.UTF-8'] : ['--locale=C.UTF-8']
}

function toolSpec({ name, logFile }: ClusterSpec): Omit<ProcessSpec, 'command'> {
  return { name, logFile, environment: postgresEnvironment(), stopSignal: 'SIGINT', deathSignal: 'SIGKILL' }
}

/** PostgreSQL reads PG… and LC_… variables: it gets none of the user's. */
export function postgresEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC' }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}
