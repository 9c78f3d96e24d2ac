import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { attack } from '../bad-input/attack.ts'
import type { Case } from '../bad-input/case.ts'
import { seekInternal } from '../bad-input/seek-internal.ts'
import { addressAt, doorsOf } from '../bad-input/shop.ts'
import { dawdle } from '../bad-input/slow.ts'
import { table } from '../bad-input/table.ts'
import { attackWire } from '../bad-input/wire-attack.ts'
import { goodWrite, type WireCase, wireTable } from '../bad-input/wire-table.ts'

// What e2e/bad-input asks of the front of npm start, asked of nginx.

const url = process.env.SHOP_URL ?? ''
const shop = createClient(url)
const doors = doorsOf('', '', url).filter(({ isFront }) => isFront)
/** Even who knows it gets nowhere. */
const secretOfCompose = 'laptop-only-service-auth-secret'
let idle: Socket[]
let slowness: Promise<string[][]>

before(async () => {
  for (const path of ['/api/products/1', '/api/orders/1'])
    assert.equal((await shop.get(path)).status, 200, `The table is about ${path}, which is not there.`)
  const { hostname, port } = new URL(url)
  idle = Array.from({ length: 500 }, () =>
    connect(Number(port), hostname)
      .on('error', () => {})
      .resume(),
  )
  slowness = Promise.all(doors.map((door) => dawdle(door, { closesSilently: true })))
})
after(() => {
  for (const socket of idle) socket.destroy()
})

describe('every row of the table of bad input', () => {
  for (const door of doors) {
    test(`is refused ${door.name}, and changes nothing`, async () => {
      const cases = table
        .flatMap((row) => row.cases)
        .filter(
          ({ operation: { service, path } }) =>
            service === door.service && /^\/(products|orders)\b/.test(path),
        )
      assert.ok(cases.length > 500)
      assert.deepEqual(await attack({ rows: readRows }, door, cases.map(asNginxSeesIt)), [])
    })
  }
})

for (const { title, cases } of wireTable) {
  test(`${title} is answered at most once`, async () => {
    const rows = await readRows()
    for (const door of doors)
      assert.deepEqual(await attackWire(door, cases.filter(hasAHead).map(asNginxReadsIt)), [])
    assert.deepEqual(await readRows(), rows)
  })
}

test('/internal is not there, by no detour', async () => {
  const rows = await readRows()
  for (const door of doors) assert.deepEqual(await seekInternal(door, secretOfCompose), [])
  assert.deepEqual(await readRows(), rows)
})

test('whoever is slow is sent away within 30 s, and 500 who say nothing hinder nobody', async () => {
  for (let i = 0; i < 20; i++) {
    const began = Date.now()
    for (const door of doors)
      assert.equal((await shop.get(addressAt(door, `/${door.service}s/1`))).status, 200)
    assert.ok(Date.now() - began < 2_000, `two requests took ${Date.now() - began} ms`)
  }
  assert.deepEqual((await slowness).flat(), [])
  assert.equal(
    idle.filter(({ destroyed }) => !destroyed).length,
    0,
    'sockets that said nothing are still open',
  )
})

/** nginx itself refuses what cannot be decoded and what can be nobody's name, before it looks for what is there. */
function asNginxSeesIt(one: Case): Case {
  const isUnreadable = /^[^?]*%00/.test(one.path ?? '') || /[ @]/.test(`${one.headers?.host}`)
  return isUnreadable ? { ...one, answers: [400, ...one.answers] } : one
}

/**
 * What nginx reads more leniently than Node, or passes on as it is and goes on. That is no second reading: it writes every
 * request anew for the service, so what stands behind is a request of its own. It is left out here.
 */
const lenient = [
  'a chunk of "5 x" bytes',
  'a chunk extension with a bare LF',
  'a chunk that ends in a bare LF',
  'a chunk extension without end',
  'a trailer that is no header',
  'a bare LF',
  'a control character in a value',
  'a name that is not ASCII',
  'no colon',
  '200 headers',
  'a method nobody knows',
]

function asNginxReadsIt(one: WireCase): WireCase {
  if (one.what === 'a tunnel') return { ...one, answers: [400, 405] }
  if (!lenient.includes(one.what)) return one
  const bytes: WireCase['bytes'] = (door) => one.bytes(door).replace(goodWrite(door), '')
  return { ...one, bytes, answers: [200, 400, 404, 422, 431], staysOpen: true }
}

/** An answer to HTTP/0.9 has no head that could be judged. */
function hasAHead({ what }: WireCase): boolean {
  return what !== 'HTTP/0.9'
}

/** What the shop shows of its rows. Signed addresses change with time. */
async function readRows(): Promise<Record<string, string>> {
  const [products, orders] = await Promise.all([
    shop.get('/api/products/?limit=100'),
    shop.get('/api/orders/?limit=100'),
  ])
  return { products: products.text.replace(/"(image|thumbnail)_url":"[^"]*"/g, ''), orders: orders.text }
}
