import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { startProcess } from '@tallyshop/embedded/child-process'
import { type RunningDatabase, startPostgres } from '@tallyshop/embedded/postgres'
import { createCluster } from '@tallyshop/embedded/postgres/cluster'
import { signal } from '@tallyshop/embedded/postgres/foreign-process'
import type { History } from '../history.ts'
import type { Random } from '../random.ts'
import { findBackends, terminateBackends } from './backends.ts'
import { killFamily, pauseFamily } from './signals.ts'
import { mountSmallDisk } from './small-disk.ts'
import { type Life, Supervisor, tellingOf } from './supervisor.ts'

export type DatabaseSpec = {
  name: string
  database: string
  /** Its own alone; the data lies below it. */
  folder: string
  port: number
  password: string
  logFile: string
  history: History
  random: Random
  restartAfterMs: () => number
}

export type DatabaseServer = {
  name: string
  logFile: string
  /** Where it is reached directly, past every link. */
  config(): RunningDatabase
  isRunning(): boolean
  /** The server and all its processes at one moment, by SIGKILL; it is started again after a while. False where none ran. */
  kill(): Promise<boolean>
  /** Resolves when it serves. */
  start(): Promise<void>
  /** In good order; it stays so until `start`. */
  stop(): Promise<void>
  /** Stops all its processes like a machine that hangs, and lets them go on; resolves then. False where none ran. */
  pause(ms: number): Promise<boolean>
  /** One of the services' by SIGKILL: the server ends all others and recovers. False where there was none. */
  killBackend(): Promise<boolean>
  /** Some of the services', as an administrator ends them. Resolves with how many. */
  terminateBackend(most?: number): Promise<number>
  canFillDisk: boolean
  fillDisk(): Promise<void>
  freeDisk(): Promise<void>
  /** Stops it and leaves no disk behind. */
  remove(): Promise<void>
}

/** Room for the books of 50,000 orders, five times. */
const diskMegabytes = 1_024

/** Little to do after a crash, and little room for what is logged ahead. Its log tells of locks and deadlocks. */
const settings = `
max_wal_size = 128MB
min_wal_size = 32MB
log_lock_waits = on
log_connections = off
`

/** A PostgreSQL as a shop runs it, durable, on a small disk of its own where one may be mounted; kept running until `stop`. */
export async function startDatabaseServer(spec: DatabaseSpec): Promise<DatabaseServer> {
  const { name, database, port, password, logFile, history, random, restartAfterMs } = spec
  const disk = mountSmallDisk(spec.folder, diskMegabytes)
  const cluster = {
    name,
    folder: join(spec.folder, 'data'),
    database,
    password,
    logFile,
    durable: true,
    port,
  }
  const config = () => ({ host: '127.0.0.1', port, user: 'postgres', password, database })
  const begin = async (begun: (life: Life) => void) => {
    await startPostgres(cluster, tellingOf(begun))
  }
  const supervisor = new Supervisor({ name, history, restartAfterMs, begin })
  const stop = async () => void (await supervisor.rest((pid) => void signal(pid, 'SIGINT')))
  const remove = async () => {
    await stop()
    disk?.unmount()
  }
  try {
    await createCluster(cluster, startProcess)
    appendFileSync(join(cluster.folder, 'postgresql.conf'), settings)
    await supervisor.start()
  } catch (error) {
    await remove()
    throw error
  }
  return {
    name,
    logFile,
    config,
    isRunning: () => supervisor.isServing,
    kill: () => supervisor.strike((pid) => killFamily(pid)),
    start: () => supervisor.start(),
    stop,
    pause: async (ms) => {
      if (!supervisor.pid) return false
      await pauseFamily(supervisor.pid, ms)
      return true
    },
    killBackend: async () => {
      const backends = await findBackends(config())
      const busy = backends.filter((backend) => backend.busy)
      if (backends.length === 0) return false
      return signal(random.pick(busy.length > 0 ? busy : backends).pid, 'SIGKILL')
    },
    terminateBackend: (most = 3) => terminateBackends(config(), most),
    canFillDisk: disk !== undefined,
    fillDisk: async () => disk?.fill(),
    freeDisk: async () => disk?.free(),
    remove,
  }
}
