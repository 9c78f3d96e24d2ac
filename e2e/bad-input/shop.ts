import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFront } from '@tallyshop/embedded/front'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import { type BothServices, startBothServices } from '../support/both-services.ts'
import { readRows } from './rows.ts'

export type Service = 'product' | 'order'

/** A way into a service: to its own port, or through the front. */
export type Door = { name: string; service: Service; url: string; isFront: boolean }

export type GuardedShop = {
  doors: Door[]
  services: BothServices
  logLines: string[]
  /** All rows of both databases, in few letters each. */
  rows: () => Promise<Record<string, string>>
  close: () => Promise<void>
}

/** Both services and the front before them, with one product (1), one order (1) and the blob store of the test run. */
export async function openShop(): Promise<GuardedShop> {
  const { log, lines } = captureLog('both-services')
  const pages = mkdtempSync(join(tmpdir(), 'shop-pages-'))
  writeFileSync(join(pages, 'index.html'), '<title>The shop</title>')
  const services = await startBothServices({ environment: blobStoreOfThisRun(), log })
  const front = await startFront({
    port: 0,
    host: '127.0.0.1',
    pages,
    productServiceUrl: services.product.url,
    orderServiceUrl: services.order.url,
    pictures: undefined,
    pictureOrigin: undefined,
    logLevel: 'silent',
  })
  await services.createProduct(1000, { name: 'Vase', price: 1 })
  await services.order.post('/orders/', { items: [{ product_id: 1, quantity: 1 }] })
  return {
    doors: doorsOf(services.product.url, services.order.url, front.url),
    services,
    logLines: lines,
    rows: () => readRows(services.databases),
    close: async () => {
      await front.stop()
      await services.stop()
      rmSync(pages, { recursive: true })
    },
  }
}

export function doorsOf(productUrl: string, orderUrl: string, frontUrl: string): Door[] {
  return [
    { name: 'at the product service', service: 'product', url: productUrl, isFront: false },
    { name: 'at the product service through the front', service: 'product', url: frontUrl, isFront: true },
    { name: 'at the order service', service: 'order', url: orderUrl, isFront: false },
    { name: 'at the order service through the front', service: 'order', url: frontUrl, isFront: true },
  ]
}

/** Where a service's own address is found at this door. */
export function addressAt({ isFront }: Door, path: string): string {
  return isFront ? `/api${path}` : path
}

function blobStoreOfThisRun(): Record<string, string> {
  const names = [
    'AZURE_STORAGE_ACCOUNT_NAME',
    'AZURE_STORAGE_ACCOUNT_KEY',
    'AZURE_STORAGE_BLOB_ENDPOINT',
  ] as const
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']))
}
