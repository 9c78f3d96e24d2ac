import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { listPids, readCommand } from '@tallyshop/embedded/postgres/foreign-process'
import { connectBoth } from '@tallyshop/operations/databases'
import { reconcile } from '@tallyshop/operations/reconcile'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import pg from 'pg'
import sharp from 'sharp'
import { startHistory } from '../history.ts'
import { crashPoints } from '../patches/crash-points.ts'
import { hurried } from '../patches/hurried.ts'
import { createRandom } from '../random.ts'
import { startTrialShop, type TrialShop } from './shop.ts'
import { unmountLeftovers } from './small-disk.ts'

const home = mkdtempSync(join(tmpdir(), 'tallyshop-trial-'))
after(() => rmSync(home, { recursive: true, force: true }))

describe("a trial's shop", () => {
  const folder = join(home, 'shop')
  const history = startHistory()
  let shop: TrialShop
  let productId = 0
  let orders = 0

  before(async () => {
    const patches = [crashPoints, hurried]
    shop = await startTrialShop({ folder, history, random: createRandom(1), patches, replicas: 2 })
    const vase = { name: 'Vase', price: 19.99, stock_quantity: 1_000 }
    productId = (await createClient(shop.productUrl).post('/products/', vase)).body.product_id
  })
  after(() => shop?.stop())

  /** Repeats an order until it is placed, which must come about within 20 s; it may meet whatever happens meanwhile. */
  async function placeOrder(): Promise<number> {
    const order = createClient(shop.orderUrl)
    const wish = { items: [{ product_id: productId, quantity: 1 }] }
    const headers = { 'idempotency-key': randomUUID() }
    for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50)) {
      const answer = await order.post('/orders/', wish, headers).catch(() => undefined)
      if (answer?.status !== 201) continue
      orders += 1
      return answer.body.order_id
    }
    throw new Error('An order was not placed within 20 s.')
  }

  it('tells how often each point of the protocol was passed', async () => {
    const orderId = await placeOrder()
    const moved = await createClient(shop.orderUrl).patch(`/orders/${orderId}/status?new_status=cancelled`)
    assert.equal(moved.status, 200)
    await sleep(500)
    const passed = new Set(shop.services.flatMap((service) => Object.keys(service.reached())))
    for (const point of [
      ...['before the intent', 'after the intent', 'before asking', 'before the finish', 'after the finish'],
      ...['verdict not committed', 'verdict committed', 'cancelled, not released', 'release committed'],
    ]) {
      assert.ok(passed.has(point), `${point} was not passed`)
    }
  })

  it('shows its pictures to whoever has their address', async () => {
    const image = sharp({ create: { width: 60, height: 40, channels: 3, background: 'teal' } })
    const form = new FormData()
    form.append(
      'file',
      new Blob([new Uint8Array(await image.png().toBuffer())], { type: 'image/png' }),
      'vase.png',
    )
    const uploaded = await createClient(shop.productUrl).post(`/products/${productId}/upload-image`, form)
    assert.equal(uploaded.status, 200)
    assert.equal((await fetch(uploaded.body.image_url)).status, 200)
  })

  it('serves again after each of its parts was killed', async () => {
    const { services, databases, blobs } = shop
    for (const part of [...services, ...Object.values(databases), blobs]) {
      await part.kill()
      await placeOrder()
      await shop.untilServing()
      const { type, how } = history.events.findLast(
        (event) => event.type === 'exit' && event.on === part.name,
      ) as {
        type: string
        how: string
      }
      assert.deepEqual({ part: part.name, type, how }, { part: part.name, type: 'exit', how: 'SIGKILL' })
    }
  })

  it('says that a killed database serves only when it does', async () => {
    const { product } = shop.databases
    await product.kill()
    await product.start()
    const client = new pg.Client({ ...product.config(), connectionTimeoutMillis: 2_000 })
    await client.connect()
    await client.end()
  })

  it('goes on after connections to its databases were killed or ended', async () => {
    for (const database of Object.values(shop.databases)) {
      await placeOrder()
      assert.equal(await database.killBackend(), true)
      await placeOrder()
      assert.ok((await database.terminateBackend()) > 0)
      await placeOrder()
    }
  })

  it('dies at a named point, and a repeated order is placed all the same', async () => {
    for (const [kind, point] of [
      ['order', 'after the finish'],
      ['product', 'verdict committed'],
    ] as const) {
      const armed = shop.services
        .filter((service) => service.kind === kind)
        .map((service) => service.arm(point, { action: 'kill' }, { withinMs: 4_000 }))
      await placeOrder()
      assert.ok(
        (await Promise.all(armed)).some((facts) => facts?.orderUid),
        point,
      )
      await shop.untilServing()
    }
  })

  it('has a database whose disk is full for a while, and one that hangs', async () => {
    const { product, order } = shop.databases
    const paused = order.pause(1_000)
    if (product.canFillDisk) {
      await product.fillDisk()
      await sleep(1_000)
      await product.freeDisk()
    }
    await placeOrder()
    await paused
    await shop.untilServing()
  })

  it('has right books at the end, each service ends with 0, and nothing stays', async () => {
    const { urls } = shop.shopAddress
    const books = connectBoth(urls.product_db, urls.order_db)
    const report = await reconcile(books).finally(books.end)
    assert.deepEqual(report.differences, [])
    assert.ok(report.orders >= orders)
    const ended = await shop.stopServices()
    assert.deepEqual(
      ended.map(({ code }) => code),
      ended.map(() => 0),
    )
    await shop.stop()
    assert.ok(!existsSync(folder))
    assert.ok(!mountsBelow(folder))
    assert.deepEqual(processesBelow(folder), [])
  })
})

it('leaves no process behind when the trial is killed, and the next trial removes its disks', async () => {
  const folder = join(home, 'abandoned')
  const program = fileURLToPath(new URL('./abandoned-shop.ts', import.meta.url))
  const driver = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await untilServing(driver)
  assert.ok(processesBelow(folder).length >= 5, 'two services, two databases and the blob store')
  driver.kill('SIGKILL')
  for (const deadline = Date.now() + 10_000; processesBelow(folder).length > 0; await sleep(50)) {
    assert.ok(Date.now() < deadline, processesBelow(folder).map(readCommand).join('\n'))
  }
  unmountLeftovers()
  assert.ok(!mountsBelow(folder))
})

function untilServing(driver: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    driver.stdout?.once('data', () => resolve())
    driver.once('exit', (code) => reject(new Error(`The trial ended with ${code}.`)))
  })
}

function mountsBelow(folder: string): boolean {
  return existsSync('/proc/self/mounts') && readFileSync('/proc/self/mounts', 'utf8').includes(` ${folder}/`)
}

/** Those that were told of the folder, or work in it, but for the trial itself. */
function processesBelow(folder: string): number[] {
  return listPids().filter((pid) => {
    const command = readCommand(pid)
    if (command.includes('abandoned-shop')) return false
    return command.includes(folder) || folderOf(pid).startsWith(folder)
  })
}

function folderOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}
