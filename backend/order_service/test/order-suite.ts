import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, createClient } from '@tallyshop/service-kit/test-support/http'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import {
  createScratchDatabase,
  type ScratchDatabase,
} from '@tallyshop/service-kit/test-support/scratch-database'
import type { OrderServiceConfig } from '../src/config.ts'
import { startOrderService } from '../src/service.ts'
import { FakeProductService } from './fake-product-service.ts'

export const serviceAuthSecret = 'what-services-tell-each-other'
export const orderTokenSecret = 'what-makes-the-order-tokens'

export type Replica = Client & { stop: () => Promise<void> }

export type OrderSuite = {
  db: ScratchDatabase
  fake: FakeProductService
  log: string[]
  /** A replica over the suite's database; its settings may differ. */
  startReplica: (settings?: Partial<OrderServiceConfig>) => Promise<Replica>
  close: () => Promise<void>
}

/** An order service on a database of its own beside a fake product service. Close it at the end. */
export async function openSuite(): Promise<OrderSuite & { client: Replica }> {
  const suite = await prepareSuite()
  return { ...suite, client: await suite.startReplica() }
}

/** The same with no order service yet. */
export async function prepareSuite(): Promise<OrderSuite> {
  const db = await createScratchDatabase()
  const fake = new FakeProductService(serviceAuthSecret)
  await fake.comeBack()
  const { log, lines } = captureLog('order-service')
  const stops: (() => Promise<void>)[] = []

  async function startReplica(settings: Partial<OrderServiceConfig> = {}) {
    const service = await startOrderService({ ...defaults(db, fake), ...settings }, log)
    const stop = once(service.stop)
    stops.push(stop)
    return { ...createClient(service.url), stop }
  }

  const close = async () => {
    await Promise.all(stops.map((stop) => stop()))
    await fake.goAway()
    await db.drop()
  }
  return { db, fake, log: lines, startReplica, close }
}

/** One line of an order. */
export function line(product_id: number, quantity = 1, price_at_purchase?: number) {
  return { product_id, quantity, ...(price_at_purchase !== undefined && { price_at_purchase }) }
}

/** A fresh Idempotency-Key as a header. */
export function freshKey(key: string = randomUUID()): { 'idempotency-key': string } {
  return { 'idempotency-key': key }
}

/** Repeats `check` until it passes; throws its last failure after `withinMs`. */
export async function eventually<Result>(check: () => Result, withinMs = 12_000): Promise<Awaited<Result>> {
  const deadline = Date.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(25)
    }
  }
}

function defaults({ config }: ScratchDatabase, { url }: FakeProductService): OrderServiceConfig {
  const access: OrderServiceConfig['http']['access'] = {
    mode: 'open',
    publicUrl: 'http://localhost:3000',
    corsOrigins: [],
    serviceAuthSecret,
  }
  return {
    http: { bindAddress: '127.0.0.1', port: 0, access },
    postgres: config,
    productServiceUrl: url,
    orderTokenSecret,
    logLevel: 'debug',
  }
}

function once(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined
  return () => {
    stopping ??= stop()
    return stopping
  }
}
