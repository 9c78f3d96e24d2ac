import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import {
  createScratchDatabase,
  type ScratchDatabase,
  variablesFor,
} from '@tallyshop/service-kit/test-support/scratch-database'
import { type Balancer, startBalancer } from './balancer.ts'
import { addProduct } from './products.ts'

const main = new URL('../src/main.ts', import.meta.url).pathname
const replicas = new Map<number, ChildProcess>()
let database: ScratchDatabase
let balancer: Balancer
before(async () => {
  database = await createScratchDatabase()
  const ports = [await findFreePort(), await findFreePort()]
  balancer = await startBalancer(ports)
  for (const port of ports) await startReplica(port)
})
after(async () => {
  for (const child of replicas.values()) child.kill('SIGKILL')
  await balancer.close()
  await database.drop()
})

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Starts one with two seconds to drain; resolves when the balancer sends it requests. */
async function startReplica(port: number): Promise<void> {
  const settings = { ...variablesFor(database.config), SERVICE_AUTH_SECRET: 'sixteen letters or more' }
  const env = { PATH: process.env.PATH, PORT: String(port), DRAIN_SECONDS: '2', ...settings }
  replicas.set(port, spawn(process.execPath, [main], { env, stdio: 'ignore', timeout: 60_000 }))
  while (!balancer.isReady(port)) await sleep(20)
}

async function stopReplica(port: number): Promise<[code: number | null, signal: string | null]> {
  const child = replicas.get(port) as ChildProcess
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  return (await exit) as [number | null, string | null]
}

test('a rolling restart fails no request, and each replica ends with 0', { timeout: 60_000 }, async () => {
  const shop = createClient(balancer.url)
  const { product_id: id } = await addProduct(shop, { stock_quantity: 0 })
  const seen = new Map<string, number>()
  let adjusted = 0
  let over = false
  const buyer = async (reads: boolean) => {
    while (!over) {
      const path = `/products/${id}/stock-adjustments`
      const { status } = await (reads
        ? shop.get('/products/')
        : shop.post(path, { delta: 1, reason: 'counted' }))
      const what = `${reads ? 'read' : 'adjustment'} ${status}`
      seen.set(what, (seen.get(what) ?? 0) + 1)
      if (!reads && status === 200) adjusted += 1
      await sleep(3)
    }
  }
  const buyers = [true, true, true, true, false, false, false, false].map(buyer)
  for (const port of replicas.keys()) {
    assert.deepEqual(await stopReplica(port), [0, null])
    await startReplica(port)
  }
  over = true
  await Promise.all(buyers)
  assert.deepEqual([...seen.keys()].sort(), ['adjustment 200', 'read 200'])
  assert.ok(adjusted > 20, String(adjusted))
  assert.equal((await shop.get(`/products/${id}`)).body.stock_quantity, adjusted)
})
