import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart } from './cannot-start.ts'
import { type Begin, becomesReady, type ProcessSpec, type RunningProcess } from './child-process.ts'
import { withItsLog } from './last-words.ts'
import { findFreePort } from './ports.ts'
import { getPostgresBinaries } from './postgres/binaries.ts'
import { type ClusterSpec, createCluster, isCluster, postgresEnvironment } from './postgres/cluster.ts'
import { readServer, saysReady, stopLeftover } from './postgres/pid-file.ts'
import { asOrdinaryUser, giveToPostgres } from './postgres/user.ts'
import { startScratch } from './scratch.ts'

export type RunningDatabase = { host: string; port: number; user: string; password: string; database: string }
type Server = { database: RunningDatabase; process: RunningProcess; created: boolean }
/** Without a port of its own it gets a free one. */
type ServerSpec = ClusterSpec & { port?: number }

/**
 * Starts PostgreSQL on a folder, which gets a cluster with one database if it has none, on a port of 127.0.0.1,
 * and waits until it answers. All its processes are started with `begin`.
 */
export async function startPostgres(spec: ServerSpec, begin: Begin): Promise<Server> {
  const created = !isCluster(spec.folder)
  if (created) await createCluster(spec, begin)
  giveToPostgres(spec.folder)
  // Remains of a killed server can hold its memory for a second, and a port found free can be taken meanwhile.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await stopLeftover(spec.folder)
    const port = spec.port ?? (await findFreePort())
    // On a port that stays the same, what a killed server wrote looks as if this one were ready.
    const former = readServer(spec.folder)
    const isReady = () => readServer(spec.folder) !== former && saysReady(spec.folder, port)
    const server = begin(serverSpec(spec, port))
    if (await becomesReady(server, isReady, 60_000)) {
      const { password, database } = spec
      return {
        created,
        process: server,
        database: { host: '127.0.0.1', port, user: 'postgres', password, database },
      }
    }
    await server.stop(2000)
    await sleep(400)
  }
  throw new CannotStart(withItsLog(`The ${spec.name} does not start`, spec.logFile))
}

/** A PostgreSQL server for tests: empty, fast, forgetful (fsync is off), gone after `stop` or with this process. */
export async function startScratchPostgres(): Promise<RunningDatabase & { stop: () => Promise<void> }> {
  return startScratch('postgres', async ({ folder, logFile, begin }) => {
    const spec = { name: 'scratch database', database: 'scratch', password: 'postgres', durable: false }
    return (await startPostgres({ ...spec, folder, logFile }, begin)).database
  })
}

const forgetful = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: 300 }

function serverSpec(spec: ClusterSpec, port: number): ProcessSpec {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    cluster_name: spec.name.replaceAll(' ', '-'),
    max_connections: 100,
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    ...(spec.durable ? {} : forgetful),
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return {
    name: spec.name,
    command: [getPostgresBinaries().postgres, '-D', spec.folder, ...options],
    asUser: asOrdinaryUser(),
    environment: postgresEnvironment(),
    logFile: spec.logFile,
    stopSignal: 'SIGINT',
    deathSignal: 'SIGINT',
  }
}
