import { isDeepStrictEqual } from 'node:util'
import { type Answer, createClient } from '@tallyshop/service-kit/test-support/http'
import { serviceAuthSecret } from '../support/both-services.ts'
import type { Case } from './case.ts'
import { addressOf } from './operations.ts'
import { addressAt, type Door, type GuardedShop } from './shop.ts'

type Fault = { type: string; loc: (string | number)[]; msg: string }

/**
 * Sends each case through the door and returns what was wrong with its answer, with the rows afterwards and with the next
 * good request; nothing where the shop took it well.
 */
export async function attack(shop: Pick<GuardedShop, 'rows'>, door: Door, cases: Case[]): Promise<string[]> {
  const client = createClient(door.url)
  const complaints: string[] = []
  let rows = await shop.rows()
  for (const attempt of cases) {
    const { operation, method = operation.method, path = addressOf(operation), headers, body } = attempt
    const secret = operation.internal ? { authorization: `Bearer ${serviceAuthSecret}` } : {}
    const answer = await client.send(method, addressAt(door, path), body, { ...secret, ...headers })
    const before = rows
    rows = await shop.rows()
    const found = [
      ...judgeAnswer(attempt, answer),
      ...(isDeepStrictEqual(rows, before) ? [] : ['the rows are others now']),
      ...((await client.get(addressAt(door, `/${door.service}s?limit=1`))).status === 200
        ? []
        : ['the next good one fails']),
    ]
    const what = `${method} ${path} ${JSON.stringify(headers ?? {})} ${String(body ?? '')}`.slice(0, 250)
    complaints.push(
      ...found.map(
        (complaint) => `${what}: ${complaint}; answered ${answer.status} ${answer.text.slice(0, 300)}`,
      ),
    )
  }
  return complaints
}

function judgeAnswer({ answers, at, onlyOne }: Case, answer: Answer): string[] {
  const complaints = answers.includes(answer.status) ? judgeProblem(answer) : [`not ${answers.join(' or ')}`]
  if (!at || answer.status !== 422) return complaints
  const faults: Fault[] = answer.body?.detail ?? []
  const elsewhere = faults.filter(({ loc }) => !isDeepStrictEqual(loc.slice(0, at.length), at))
  if (faults.length === 0 || elsewhere.length > 0) complaints.push(`the fault is not told at ${at.join('.')}`)
  if (onlyOne && faults.length !== 1) complaints.push('one fault is told more than once')
  return complaints
}

/** What every refusal must be: of the one shape, with its id, and without a word of what is inside. */
export function judgeProblem({ body, headers, text }: Answer): string[] {
  const { detail, code, request_id } = body ?? {}
  const complaints: string[] = []
  if (typeof code !== 'string' || !/^[a-z_]+$/.test(code) || !detail)
    complaints.push('not the shape of a problem')
  if (!request_id || headers['x-request-id'] !== request_id) complaints.push('no request id, or another one')
  if (/node_modules|\.ts:\d|\bat \w+ \(|\bselect .* from\b|postgres|FST_|ERR_/i.test(text))
    complaints.push('shows its insides')
  return complaints
}
