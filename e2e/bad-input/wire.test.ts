import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { addressAt, type Door, openShop } from './shop.ts'
import { converse } from './wire.ts'
import { attackWire } from './wire-attack.ts'
import { goodRead, goodWrite, wireTable } from './wire-table.ts'

const shop = await openShop()
after(shop.close)

for (const { title, cases } of wireTable) {
  describe(title, () => {
    for (const door of shop.doors) {
      test(`${door.name}: ${cases.length} ways, each answered at most once`, async () => {
        const rows = await shop.rows()
        assert.deepEqual(await attackWire(door, cases), [])
        assert.deepEqual(await shop.rows(), rows)
        await assertGoodReadWorks(door)
      })
    }
  })
}

for (const door of shop.doors) {
  test(`what is good before what is bad is answered first ${door.name}`, async () => {
    const before = await shop.rows()
    const { answers, closed, rest } = await converse(
      door.url,
      `${goodWrite(door)}nonsense\r\n\r\n${goodWrite(door)}`,
    )
    assert.deepEqual([answers.map(({ status }) => status), closed, rest], [[201, 400], true, ''])
    const changed = await shop.rows()
    const counts = (rows: Record<string, string>) => Number.parseInt(rows[`${door.service}s`] ?? '', 10)
    assert.equal(counts(changed), counts(before) + 1)
  })

  test(`requests sent ahead are answered in their order ${door.name}`, async () => {
    const reads =
      goodRead(door) + goodRead(door, 'If-None-Match: *\r\n') + goodRead(door, 'Connection: close\r\n')
    const { answers, closed } = await converse(door.url, reads)
    const second = door.service === 'product' ? 304 : 200
    assert.deepEqual([answers.map(({ status }) => status), closed], [[200, second, 200], true])
  })
}

test('nothing of this is an error of ours', () => {
  assert.deepEqual(
    shop.logLines.filter((one) => JSON.parse(one).level >= 50),
    [],
  )
})

async function assertGoodReadWorks(door: Door): Promise<void> {
  const { status } = await createClient(door.url).get(addressAt(door, `/${door.service}s/1`))
  assert.equal(status, 200)
}
