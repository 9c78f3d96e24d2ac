import { setTimeout as sleep } from 'node:timers/promises'
import { databaseUrl, type ShopAddress } from '@tallyshop/operations/databases'
import { findPictureStorage } from '@tallyshop/operations/picture-store'
import type { History } from '../history.ts'
import type { Edge } from '../network/edge.ts'
import type { Link } from '../network/link.ts'
import type { Random } from '../random.ts'
import type { BlobServer } from './blob-server.ts'
import type { DatabaseServer } from './database-server.ts'
import { partsOf, type Site, startBlobs, startDatabase, startServices } from './parts.ts'
import type { Patch } from './patched-backend.ts'
import { makePlace, type Place } from './place.ts'
import type { ServiceProcess } from './service-process.ts'
import { unmountLeftovers } from './small-disk.ts'
import { createStaff, type Staff } from './staff.ts'
import { blobVariables } from './variables.ts'
import { wire } from './wiring.ts'

export type TrialShopOptions = {
  /** All of it lies below; nothing stays. */
  folder: string
  history: History
  random: Random
  patches: Patch[]
  replicas: number
  /** How long what has died stays dead; 200 ms if it is not given. */
  restartAfterMs?: () => number
}

export type TrialShop = {
  /** Of the edges. */
  orderUrl: string
  productUrl: string
  /** product-1, product-2, …, order-1, order-2, … */
  services: ServiceProcess[]
  databases: { product: DatabaseServer; order: DatabaseServer }
  blobs: BlobServer
  /** By name: `order-1→order-db`, `edge→product-2`. */
  links: Record<string, Link>
  edges: { order: Edge; product: Edge }
  staff: Staff
  /** What must be in no log. */
  secrets: string[]
  logFiles: string[]
  /** Past every link: for backup, restore and reconcile. */
  shopAddress: ShopAddress
  /** Resolves when each part serves and both edges know it. Throws after a minute. */
  untilServing(): Promise<void>
  /** All services by SIGTERM, the order services first. */
  stopServices(): Promise<{ name: string; code: number | null }[]>
  /** Ends everything and removes the folder. */
  stop(): Promise<void>
}

const servingPatienceMs = 60_000

/**
 * A whole shop in processes of its own, wired through links and edges; resolves when all of it serves. Throws where it does
 * not, and then its logs alone are left.
 */
export async function startTrialShop(options: TrialShopOptions): Promise<TrialShop> {
  unmountLeftovers()
  const cleanUp = new AsyncDisposableStack()
  let keepLogs = false
  try {
    const place = await makePlace(options.folder, partsOf(options.replicas))
    cleanUp.defer(() => place.clear(keepLogs))
    const wiring = await wire(place.ports, options.random)
    cleanUp.defer(() => wiring.close())
    const shop = await startParts({ ...options, place, wiring, cleanUp })
    await shop.untilServing()
    const stop: TrialShop['stop'] = async () => {
      await shop.stopServices()
      await cleanUp.disposeAsync()
    }
    return { ...shop, stop }
  } catch (error) {
    keepLogs = true
    await cleanUp.disposeAsync()
    throw error
  }
}

async function startParts(site: Site): Promise<Omit<TrialShop, 'stop'>> {
  const { place, wiring } = site
  const [product, order, blobs] = await Promise.all([
    startDatabase(site, 'product'),
    startDatabase(site, 'order'),
    startBlobs(site),
  ])
  const services = await startServices(site)
  const { links, edges } = wiring
  return {
    orderUrl: edges.order.url,
    productUrl: edges.product.url,
    services,
    databases: { product, order },
    blobs,
    links,
    edges,
    staff: createStaff(edges.product.url, site.history),
    secrets: Object.values(place.secrets),
    logFiles: place.logFiles(),
    shopAddress: addressOf(place, product, order),
    untilServing: () => untilServing([product, order, blobs, ...services], edges),
    stopServices: () => stopServices(services),
  }
}

function addressOf(place: Place, product: DatabaseServer, order: DatabaseServer): ShopAddress {
  return {
    urls: { product_db: databaseUrl(product.config()), order_db: databaseUrl(order.config()) },
    blobStorage: findPictureStorage(blobVariables(place, place.ports.blobs ?? 0)),
  }
}

async function untilServing(parts: { name: string; isRunning(): boolean }[], edges: TrialShop['edges']) {
  const missing = () => [
    ...parts.filter((part) => !part.isRunning()).map(({ name }) => name),
    ...parts
      .filter(
        ({ name }) =>
          /-\d+$/.test(name) && ![...edges.order.ready(), ...edges.product.ready()].includes(name),
      )
      .map(({ name }) => `${name} behind its edge`),
  ]
  for (const deadline = performance.now() + servingPatienceMs; missing().length > 0; await sleep(25)) {
    if (performance.now() > deadline)
      throw new Error(`After a minute these do not serve: ${missing().join(', ')}.`)
  }
}

async function stopServices(services: ServiceProcess[]): Promise<{ name: string; code: number | null }[]> {
  const stopAll = (kind: string) =>
    Promise.all(
      services
        .filter((service) => service.kind === kind)
        .map(async (service) => ({ name: service.name, code: (await service.stop()).code })),
    )
  return [...(await stopAll('order')), ...(await stopAll('product'))]
}
