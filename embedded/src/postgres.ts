import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart } from './cannot-start.ts'
import { becomesReady, type ProcessSpec, type RunningProcess, startProcess } from './child-process.ts'
import type { RunningDatabase } from './lock.ts'
import { findFreePorts } from './ports.ts'
import { asOrdinaryUser, getPostgresBinaries } from './postgres-binaries.ts'
import {
  type Begin,
  type ClusterSpec,
  createCluster,
  isCluster,
  isReady,
  postgresEnvironment,
  stopLeftover,
} from './postgres-cluster.ts'

type Server = { database: RunningDatabase; process: RunningProcess; created: boolean }

/**
 * Starts PostgreSQL on a folder, which gets a cluster with one database if it has none, on a free port of
 * 127.0.0.1, and waits until it answers. `keep` is told the process that serves.
 */
export async function startPostgres(spec: ClusterSpec, begin: Begin): Promise<Server> {
  const created = !isCluster(spec.folder)
  if (created) await createCluster(spec, begin)
  else await stopLeftover(spec.folder)
  // Remains of a killed server can hold its memory for a second, and a port found free can be taken meanwhile.
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const [port = 0] = await findFreePorts(1)
    const server = begin(serverSpec(spec, port))
    if (await becomesReady(server, () => isReady(spec.folder, port), 60_000)) {
      return {
        created,
        process: server,
        database: {
          host: '127.0.0.1',
          port,
          user: 'postgres',
          password: spec.password,
          database: spec.database,
        },
      }
    }
    await server.stop(2000)
    await sleep(500)
  }
  throw new CannotStart(`The ${spec.name} does not start; its log is ${spec.logFile}.`)
}

/** A PostgreSQL server for tests: empty, fast, forgetful (fsync is off), gone after `stop`. */
export async function startScratchPostgres(): Promise<RunningDatabase & { stop: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'shop-postgres-'))
  const children: RunningProcess[] = []
  const begin: Begin = (spec) => {
    const child = startProcess(spec)
    children.push(child)
    return child
  }
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop(3000)))
    rmSync(home, { recursive: true, force: true })
  }
  try {
    const spec = {
      name: 'scratch database',
      folder: join(home, 'data'),
      database: 'scratch',
      password: 'postgres',
    }
    const { database } = await startPostgres({ ...spec, logFile: join(home, 'log'), durable: false }, begin)
    return { ...database, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function serverSpec(spec: ClusterSpec, port: number): ProcessSpec {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    cluster_name: spec.name.replaceAll(' ', '-'),
    max_connections: spec.durable ? 100 : 300,
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    ...(spec.durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return {
    name: spec.name,
    command: [...asOrdinaryUser(), getPostgresBinaries().postgres, '-D', spec.folder, ...options],
    environment: postgresEnvironment(),
    logFile: spec.logFile,
    stopSignal: 'SIGINT',
    deathSignal: 'SIGINT',
  }
}
