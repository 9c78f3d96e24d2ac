import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { serviceAuthSecret } from '../support/both-services.ts'
import { attack } from './attack.ts'
import { addressOf, exampleOf, type Operation, operations } from './operations.ts'
import { seekInternal } from './seek-internal.ts'
import { addressAt, type Door, openShop } from './shop.ts'
import { table } from './table.ts'

// Not here: forged JWTs, somebody else's order and 429 need somebody who signs in, and ACCESS=open is the only mode yet.

const shop = await openShop()
after(shop.close)

/** The front leads to what the shop is for, and neither to /internal nor to probes. */
const isBehind = (door: Door) => (operation: Operation) =>
  operation.service === door.service && (!door.isFront || /^\/(products|orders)\b/.test(operation.path))

for (const { class: title, cases } of table) {
  describe(title, () => {
    for (const door of shop.doors) {
      const here = cases.filter(({ operation }) => isBehind(door)(operation))
      if (here.length === 0) continue
      test(`${door.name}: ${here.length} requests are refused and change nothing`, async () => {
        assert.deepEqual(await attack(shop, door, here), [])
      })
    }
  })
}

for (const door of shop.doors.filter(({ isFront }) => isFront)) {
  test(`/internal is not there ${door.name}, even for who knows the secret`, async () => {
    const rows = await shop.rows()
    assert.deepEqual(await seekInternal(door, serviceAuthSecret), [])
    assert.deepEqual(await shop.rows(), rows)
  })
}

test('nothing was polluted on the way', () => {
  assert.deepEqual(Object.keys(Object.prototype), [])
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
})

for (const door of shop.doors) {
  test(`the requests that were spoiled above work unspoiled ${door.name}`, async () => {
    const client = createClient(door.url)
    const unspoiled = operations
      .filter(isBehind(door))
      .filter(({ internal, body, method }) => !internal && (body || method === 'GET'))
    assert.ok(unspoiled.length >= 3)
    for (const operation of unspoiled) {
      const body = operation.body && (exampleOf(operation.body) as object)
      const answer = await client.send(operation.method, addressAt(door, addressOf(operation)), body)
      assert.ok([200, 201].includes(answer.status), `${operation.method} ${operation.path}: ${answer.text}`)
    }
  })
}

test('nothing that was refused is an error of ours', () => {
  assert.deepEqual(
    shop.logLines.filter((line) => JSON.parse(line).level >= 40 && !line.includes('ACCESS=open')),
    [],
  )
})
