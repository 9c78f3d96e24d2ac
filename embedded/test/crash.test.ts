import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { signal } from '../src/postgres/foreign-process.ts'
import { assertNothingLeft, type LaunchedShop, lastLine, openPlace, portsOf, until } from './launched-shop.ts'
import { findProduct, makeProduct, placeOrder, uploadPicture } from './shop-calls.ts'

describe('after kill -9', () => {
  const place = openPlace()
  after(place.close)

  it('of one process the shop stops with a sentence that names it, and exit code 1', async () => {
    for (const [victim, name] of [
      ['order_service', 'order service'],
      ['product_db', 'product database'],
      ['azurite', 'picture store'],
    ] as const) {
      const shop = place.launch()
      await shop.urls()
      const processes = shop.processes()
      const ports = await portsOf(place.dataDir)

      process.kill(findPid(shop, victim), 'SIGKILL')

      assert.equal(await shop.exitCode(5000), 'exit code 1')
      assert.match(
        lastLine(shop),
        new RegExp(`^The ${name} ended unexpectedly \\(SIGKILL\\); its log is \\S+\\.log\\.$`),
      )
      await assertNothingLeft(processes, ports, 1000)
    }
  })

  it('of the launcher nothing goes on without it', async () => {
    const shop = place.launch()
    await shop.urls()
    const processes = shop.processes()
    const ports = await portsOf(place.dataDir)

    process.kill(shop.launcher.pid, 'SIGKILL')

    await assertNothingLeft(processes, ports, 3000)
  })

  it('of everything amid orders and uploads the next start has each acknowledged order, and every picture', async () => {
    const shop = place.launch()
    const { shop: url } = await shop.urls()
    const products = await Promise.all(['Kettle', 'Jug', 'Cup', 'Pot'].map((name) => makeProduct(url, name)))
    let isOver = false
    const acknowledged: number[] = []
    const ordering = [...products, ...products].map(async (product) => {
      while (!isOver) {
        const order = await placeOrder(url, product)
        if (order !== undefined) acknowledged.push(order)
      }
    })
    const uploads = products.map(() => 0)
    const uploading = products.map(async (product, index) => {
      while (!isOver) {
        const isUploaded = await uploadPicture(url, product).catch(() => undefined)
        if (isUploaded) uploads[index] = (uploads[index] ?? 0) + 1
      }
    })
    const isUnderWay = () => acknowledged.length > 8 && uploads.every((count) => count > 1)
    const seen = () => `${acknowledged.length} orders, uploads: ${uploads}`
    await until(isUnderWay, 30_000, seen).finally(() => {
      isOver = true
    })
    for (const pid of shop.processes().keys()) signal(pid, 'SIGKILL')
    await Promise.all([...ordering, ...uploading])

    const next = place.launch()
    const { shop: nextUrl } = await next.urls()
    for (const order of acknowledged) {
      assert.equal((await fetch(`${nextUrl}/api/orders/${order}`)).status, 200, `order ${order}`)
    }
    for (const product of products) {
      const { image_url: address } = await findProduct(nextUrl, product)
      assert.ok(address, `product ${product}`)
      const shown = await fetch(address)
      assert.equal(shown.status, 200, `product ${product}`)
      assert.equal(shown.headers.get('content-type'), 'image/webp')
    }
    await next.launcher.stop(5000)
  })
})

describe('where the kernel does not end children with their parent', () => {
  const place = openPlace()
  after(place.close)
  const withoutSetpriv = () => ['env', `PATH=${makeBrokenSetpriv(place.home)}:${process.env.PATH}`]

  it('nothing goes on without the launcher either', async () => {
    const shop = place.launch({}, withoutSetpriv())
    await shop.urls()
    const processes = shop.processes()
    const ports = await portsOf(place.dataDir)
    assert.ok([...processes.values()].some((command) => command.includes('guard.ts')))

    process.kill(shop.launcher.pid, 'SIGKILL')

    await assertNothingLeft(processes, ports, 5000)
  })

  it('servers that outlived everything else are stopped by the next start, which takes their data over', async () => {
    const shop = place.launch({}, withoutSetpriv())
    await shop.urls()
    const isServer = ([, command]: [number, string]) => /^\S+\/postgres /.test(command)
    const processes = [...shop.processes()]
    for (const [pid] of processes.filter((one) => !isServer(one))) signal(pid, 'SIGKILL')
    const servers = new Map(processes.filter(isServer))
    assert.equal(servers.size, 2)

    const next = place.launch()

    assert.ok(await next.urls())
    await assertNothingLeft(servers, [])
  })
})

function findPid(shop: LaunchedShop, part: string): number {
  const [pid] = [...shop.processes()].find(([, command]) => command.includes(part)) ?? []
  assert.ok(pid, part)
  return pid
}

function makeBrokenSetpriv(home: string): string {
  const folder = join(home, 'bin')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'setpriv'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  return folder
}
