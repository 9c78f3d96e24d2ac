import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { signal } from '../src/postgres/foreign-process.ts'
import { assertNothingLeft, type LaunchedShop, lastLine, openPlace, portsOf } from './launched-shop.ts'
import { makeProduct, placeOrder, uploadPicture } from './shop-calls.ts'

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

  it('of everything amid orders the next start has each acknowledged order, and the picture of a second ago', async () => {
    const shop = place.launch()
    const { shop: url } = await shop.urls()
    const product = await makeProduct(url, 'Kettle')
    const picture = await uploadPicture(url, product)
    await sleep(1000)
    const acknowledged: number[] = []
    const ordering = Array.from({ length: 8 }, async () => {
      for (;;) {
        const order = await placeOrder(url, product)
        if (order === undefined) return
        acknowledged.push(order)
      }
    })
    await sleep(500)
    for (const pid of shop.processes().keys()) signal(pid, 'SIGKILL')
    await Promise.all(ordering)
    assert.ok(acknowledged.length > 8, `${acknowledged.length} orders`)

    const next = place.launch()
    const { shop: nextUrl } = await next.urls()
    for (const order of acknowledged) {
      assert.equal((await fetch(`${nextUrl}/api/orders/${order}`)).status, 200, `order ${order}`)
    }
    const shown = await fetch(picture.replace(url, nextUrl))
    assert.equal(shown.status, 200)
    assert.equal(shown.headers.get('content-type'), 'image/webp')
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
