import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { findRunningShop } from '../src/lock.ts'
import { assertNothingLeft, type LaunchedShop, lastLine, openPlace, portsOf } from './launched-shop.ts'
import { findProduct, makeProduct } from './shop-calls.ts'

describe('npm start', () => {
  const place = openPlace()
  after(place.close)
  let shop: LaunchedShop
  let productId = 0

  it('brings up the pages and both Swagger pages, and tells where they are', async () => {
    shop = place.launch()
    const urls = await shop.urls()

    for (const url of [`${urls.product}/docs`, `${urls.order}/docs`]) {
      assert.match(await (await fetch(url)).text(), /swagger/i, url)
    }
    assert.match(await (await fetch(urls.shop)).text(), /<html/)
    assert.match(shop.output(), /product database +\d+\.\d\d s +port \d+, created/)
    productId = await makeProduct(urls.shop, 'Teapot')
  })

  it('tells other programs where the running shop has its databases', async () => {
    const found = await findRunningShop(place.dataDir)

    assert.deepEqual(found?.urls, await shop.urls())
    assert.equal(found?.productDatabase.database, 'products')
    assert.equal(found?.orderDatabase.database, 'orders')
  })

  it('refuses a second start on the same data in one sentence, and the first goes on', async () => {
    const second = place.launch()

    assert.equal(await second.exitCode(10_000), 'exit code 1')
    assert.match(lastLine(second), /^The shop already runs on the data in .+ \(process \d+\): .+\.$/)
    assert.equal((await findProduct((await shop.urls()).shop, productId)).name, 'Teapot')
  })

  it('stops everything within five seconds of Ctrl-C, also when it is pressed twice', async () => {
    const processes = shop.processes()
    const ports = await portsOf(place.dataDir)
    assert.ok(processes.size > 6, JSON.stringify([...processes]))

    process.kill(shop.launcher.pid, 'SIGINT')
    await sleep(20)
    process.kill(shop.launcher.pid, 'SIGINT')

    assert.equal(await shop.exitCode(5000), 'exit code 0')
    assert.equal(lastLine(shop), 'Stopped.')
    await assertNothingLeft(processes, ports)
    assert.equal(await findRunningShop(place.dataDir), undefined)
  })

  it('has everything again at the next start, and stops on SIGTERM as well', async () => {
    shop = place.launch()
    const urls = await shop.urls()
    const processes = shop.processes()

    assert.equal((await findProduct(urls.shop, productId)).name, 'Teapot')
    process.kill(shop.launcher.pid, 'SIGTERM')
    assert.equal(await shop.exitCode(5000), 'exit code 0')
    await assertNothingLeft(processes, [])
  })
})

describe('a start that is interrupted', () => {
  const place = openPlace()
  after(place.close)

  it('leaves nothing running and nothing half made', async () => {
    // Long enough to be inside initdb.
    const shop = place.launch()
    await sleep(700)
    const processes = shop.processes()
    process.kill(shop.launcher.pid, 'SIGINT')

    assert.equal(await shop.exitCode(5000), 'exit code 0')
    await assertNothingLeft(processes, [])

    const next = place.launch()
    assert.ok(await next.urls())
  })
})
