import type { History } from '../history.ts'
import type { Random } from '../random.ts'
import { type BlobServer, startBlobServer } from './blob-server.ts'
import { type DatabaseServer, startDatabaseServer } from './database-server.ts'
import { makePatchedBackend, type Patch } from './patched-backend.ts'
import type { Place } from './place.ts'
import { type ServiceProcess, startServiceProcess } from './service-process.ts'
import { commonVariables, serviceVariables } from './variables.ts'
import type { Wiring } from './wiring.ts'

/** What the parts of a shop are started with; `cleanUp` ends each, also one that was still starting when another failed. */
export type Site = {
  place: Place
  wiring: Wiring
  history: History
  random: Random
  patches: Patch[]
  replicas: number
  restartAfterMs?: () => number
  cleanUp: AsyncDisposableStack
}

const usualRestartMs = 200

/** The names of all that runs: product-1, …, order-1, …, product-db, order-db, blobs. */
export function partsOf(replicas: number): string[] {
  const numbered = (kind: string) => Array.from({ length: replicas }, (_, index) => `${kind}-${index + 1}`)
  return [...numbered('product'), ...numbered('order'), 'product-db', 'order-db', 'blobs']
}

export function startDatabase(site: Site, kind: 'product' | 'order'): Promise<DatabaseServer> {
  const { place, random, cleanUp } = site
  const name = `${kind}-db`
  const server = startDatabaseServer({
    ...supervision(site),
    name,
    database: `${kind}s`,
    folder: place.folderOf(name),
    port: place.ports[name] ?? 0,
    password: place.secrets.databasePassword,
    logFile: place.logOf(name),
    random: random.fork(name),
  })
  cleanUp.defer(() => server.then(({ remove }) => remove(), ignore))
  return server
}

export function startBlobs(site: Site): Promise<BlobServer> {
  const { place, cleanUp } = site
  const server = startBlobServer({
    ...supervision(site),
    name: 'blobs',
    folder: place.folderOf('blobs'),
    port: place.ports.blobs ?? 0,
    accountKey: place.secrets.accountKey,
    variables: commonVariables(place),
    logFile: place.logOf('blobs'),
  })
  cleanUp.defer(() => server.then(({ stop }) => stop(), ignore))
  return server
}

/** All replicas of both services, from a patched copy of their source. */
export async function startServices(site: Site): Promise<ServiceProcess[]> {
  const { place, wiring, replicas, cleanUp } = site
  const backend = await makePatchedBackend(place.folderOf('code'), site.patches)
  const names = partsOf(replicas).filter((part) => /-\d+$/.test(part))
  const start = (name: string) => {
    const kind = name.startsWith('order') ? 'order' : 'product'
    const { portOf } = wiring
    const links =
      kind === 'order'
        ? { database: portOf(`${name}→order-db`), products: portOf(`${name}→products`) }
        : { database: portOf(`${name}→product-db`), blobs: portOf(`${name}→blobs`) }
    const service = startServiceProcess({
      ...supervision(site),
      name,
      kind,
      main: backend.mainOf(kind),
      port: place.ports[name] ?? 0,
      variables: serviceVariables(place, kind, links),
      logFile: place.logOf(name),
    })
    cleanUp.defer(() => service.then(async ({ stop }) => void (await stop()), ignore))
    return service
  }
  return Promise.all(names.map(start))
}

function supervision({ history, restartAfterMs = () => usualRestartMs }: Site) {
  return { history, restartAfterMs }
}

function ignore(): void {}
