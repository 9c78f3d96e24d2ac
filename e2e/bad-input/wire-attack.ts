import type { Door } from './shop.ts'
import { converse, type Exchange } from './wire.ts'
import type { WireCase } from './wire-table.ts'

/** Sends the bytes of all cases to the door at once, each on a connection of its own, and returns what was wrong. */
export async function attackWire(door: Door, cases: readonly WireCase[]): Promise<string[]> {
  const complaints = cases.map(async (one) =>
    judge(one, await converse(door.url, one.bytes(door), { withinMs: one.staysOpen ? 700 : 3_000 })),
  )
  return (await Promise.all(complaints)).flat()
}

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
