import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Databases, findDatabases } from '@tallyshop/operations/databases'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { makeDataDir, type ShopProcess, startShopProcess } from '../support/shop-process.ts'
import { readRows } from './rows.ts'
import { addressAt, type Door, doorsOf } from './shop.ts'
import { dawdle } from './slow.ts'
import { pour } from './wire.ts'

const { dataDir, remove } = makeDataDir()
const secret = 'a-secret-that-no-log-may-show'
const address = 'Ada Lovelace\n12 St James Square, London'
const megabyte = Buffer.alloc(1024 * 1024, 'x')
let shop: ShopProcess
let doors: Door[]
let databases: Databases
let token: string
/** Those who say nothing, and what went wrong with those who are slow: they begin first, so that nobody waits for them. */
let idle: Socket[]
let complaints: Promise<string[][]>

before(async () => {
  shop = await startShopProcess({ dataDir, environment: { SERVICE_AUTH_SECRET: secret, LOG_LEVEL: 'debug' } })
  const { product, order, shop: front } = shop.urls
  doors = doorsOf(product, order, front)
  const found = await findDatabases({}, dataDir)
  assert.ok(found)
  databases = found
  await createClient(product).post('/products', { name: 'Vase', price: 1, stock_quantity: 100 })
  const body = { items: [{ product_id: 1, quantity: 1 }], shipping_address: address }
  token = (await createClient(order).post('/orders', body)).body.order_token
  idle = doors.flatMap(({ url }) => Array.from({ length: 250 }, () => openSocket(url)))
  complaints = Promise.all(doors.map((door) => dawdle(door)))
})
after(async () => {
  await databases?.end()
  await shop?.stop()
  remove()
})

/** The memory that each program of the shop may take beside what it had, in MB: a picture of 10 MB, and its like. */
const mostGrowth = 120

describe('a sender without end', () => {
  const upload = 'Content-Type: multipart/form-data; boundary=x\r\n'
  const json = 'Content-Type: application/json\r\n'
  const part =
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
  const gigabyte = 1024 ** 3
  const length = `Content-Length: ${gigabyte}\r\n`
  const chunks = 'Transfer-Encoding: chunked\r\n'
  const aChunk = Buffer.concat([Buffer.from('100000\r\n'), megabyte, Buffer.from('\r\n')])
  const asChunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

  for (const [what, path, head, start, piece] of [
    ['JSON of 1 GB', (door: Door) => `/${door.service}s`, json + length, '[', megabyte],
    ['JSON of chunks', (door: Door) => `/${door.service}s`, json + chunks, asChunk('['), aChunk],
    [
      'text of chunks',
      (door: Door) => `/${door.service}s`,
      `Content-Type: text/plain\r\n${chunks}`,
      '',
      aChunk,
    ],
    ['chunks to nowhere', () => '/nowhere', json + chunks, '', aChunk],
    ['a picture of 1 GB', () => '/products/1/upload-image', upload + length, part, megabyte],
    ['a picture of chunks', () => '/products/1/upload-image', upload + chunks, asChunk(part), aChunk],
    ['a form that never begins', () => '/products/1/upload-image', upload + chunks, '', aChunk],
    [
      'a picture of chunks for no product',
      () => '/products/4711/upload-image',
      upload + chunks,
      asChunk(part),
      aChunk,
    ],
  ] as const) {
    test(`${what} is refused, and not read to its end`, async () => {
      const [rows, memory] = [await readRows(databases), shop.memory()]
      const isPicture = /picture|form/.test(what)
      const tried = doors.filter(({ service }) => service === 'product' || !isPicture)
      const tries = tried.map(async (door) => {
        const request = `POST ${addressAt(door, path(door))} HTTP/1.1\r\nHost: localhost\r\n${head}\r\n${start}`
        const { answers, rest, bytesTaken, closed } = await pour(door.url, request, piece, gigabyte)
        const seen = `${door.name}: ${JSON.stringify(answers)} ${rest}, ${Math.round(bytesTaken / 2 ** 20)} MB`
        assert.ok(bytesTaken < 64 * 2 ** 20, seen)
        assert.ok(closed && answers.length <= 1 && rest === '', seen)
        // Whoever goes on sending may find the connection closed before the answer is read.
        for (const { status } of answers) assert.ok([404, 408, 413, 415].includes(status), seen)
        await assertGoodWorks(door)
      })
      await Promise.all(tries)
      assert.deepEqual(await readRows(databases), rows)
      for (const [program, now] of Object.entries(shop.memory()))
        assert.ok(
          now - (memory[program] ?? 0) < mostGrowth,
          `${program}: ${memory[program]} MB, then ${now} MB`,
        )
    })
  }
})

test('whoever is slow is sent away within 30 s, and 1,000 who say nothing hinder nobody', async () => {
  const rows = await readRows(databases)
  for (let i = 0; i < 40; i++) {
    const began = Date.now()
    for (const door of doors) await assertGoodWorks(door)
    assert.ok(Date.now() - began < 4_000, `four requests took ${Date.now() - began} ms`)
  }
  assert.deepEqual((await complaints).flat(), [])
  assert.deepEqual(await readRows(databases), rows)
  const left = idle.filter(({ destroyed }) => !destroyed).length
  for (const socket of idle) socket.destroy()
  assert.equal(left, 0, 'sockets that said nothing are still open')
})

test('no log shows a secret, a signature, an order token or an address', async () => {
  for (const door of doors) {
    const client = createClient(door.url, { authorization: `Bearer ${secret}`, cookie: `session=${secret}` })
    for (const path of [
      `/${door.service}s/1?sig=c2lnbmF0dXJl&order_token=${token}`,
      `/${door.service}s/x?sig=c2lnbmF0dXJl`,
      `/nowhere/${token}?sig=c2lnbmF0dXJl`,
    ])
      await client.get(addressAt(door, path), { 'x-order-token': token })
    await client.post(addressAt(door, `/${door.service}s`), {
      shipping_address: address,
      name: address,
      items: [],
    })
  }
  const logs = join(dataDir, 'logs')
  const files = readdirSync(logs, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.log'),
  )
  assert.ok(files.length >= 4, files.join())
  for (const file of files) {
    const text = readFileSync(join(logs, file), 'utf8')
    for (const hidden of ['sig=', 'SharedKey', 'Bearer', secret, token, 'Lovelace', 'St James'])
      assert.ok(!text.includes(hidden), `${file} shows "${hidden}": ${lineWith(text, hidden)}`)
  }
})

function openSocket(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname)
    .on('error', () => {})
    .resume()
}

async function assertGoodWorks(door: Door): Promise<void> {
  const { status, text } = await createClient(door.url).get(addressAt(door, `/${door.service}s/1`))
  assert.equal(status, 200, text)
}

function lineWith(text: string, part: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.includes(part))
      ?.slice(0, 500) ?? ''
  )
}
