import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { addressAt, type Door, openShop } from './shop.ts'
import { converse, type Exchange } from './wire.ts'
import { goodRead, goodWrite, oddHeads, oddLines, oddWishes, smuggling, type WireCase } from './wire-table.ts'

const shop = await openShop()
after(shop.close)

for (const [title, cases] of [
  ['a request that ends in two places', smuggling],
  ['a head that cannot be', oddHeads],
  ['a request line that cannot be', oddLines],
  ['a wish that nobody has', oddWishes],
] as const) {
  describe(title, () => {
    for (const door of shop.doors) {
      test(`${door.name}: ${cases.length} ways, each answered at most once`, async () => {
        const rows = await shop.rows()
        const exchanges = await Promise.all(
          cases.map((one) => converse(door.url, one.bytes(door), { withinMs: one.staysOpen ? 700 : 3_000 })),
        )
        const complaints = exchanges.flatMap((exchange, i) => judge(cases[i] as WireCase, exchange))
        assert.deepEqual(complaints, [])
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

function judge({ what, answers: expected, staysOpen = false }: WireCase, exchange: Exchange): string[] {
  const { answers, closed, rest } = exchange
  const [answer] = answers
  const seen = `${what}: ${JSON.stringify(answers.map(({ status, body }) => [status, body.slice(0, 80)]))}`
  if (!answer || answers.length !== 1 || rest !== '')
    return [`${seen} is not one answer, but has ${JSON.stringify(rest.slice(0, 80))}`]
  if (!expected.includes(answer.status)) return [`${seen} is not ${expected.join(' or ')}`]
  if (!staysOpen && !closed) return [`${seen} leaves the connection open`]
  if (answer.status < 400) return []
  const { code, detail, request_id } = parse(answer.body)
  return code && detail && request_id === answer.headers['x-request-id']
    ? []
    : [`${seen} is no problem as ours are`]
}

function parse(body: string): { code?: string; detail?: string; request_id?: string } {
  try {
    return JSON.parse(body)
  } catch {
    return {}
  }
}

async function assertGoodReadWorks(door: Door): Promise<void> {
  const { status } = await createClient(door.url).get(addressAt(door, `/${door.service}s/1`))
  assert.equal(status, 200)
}
