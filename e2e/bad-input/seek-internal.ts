import { createClient } from '@tallyshop/service-kit/test-support/http'
import { judgeProblem } from './attack.ts'
import { addressOf, exampleOf, type Operation, operations } from './operations.ts'
import type { Door } from './shop.ts'

/** Calls every /internal route by every detour through a front, knowing the secret, and returns where it got somewhere. */
export async function seekInternal(door: Door, secret: string): Promise<string[]> {
  const client = createClient(door.url, { authorization: `Bearer ${secret}` })
  const complaints: string[] = []
  for (const operation of operations.filter(({ internal }) => internal)) {
    const body = operation.body && (exampleOf(operation.body) as object)
    for (const path of detoursTo(operation, door)) {
      const answer = await client.send(operation.method, path, body)
      if (![400, 404].includes(answer.status)) complaints.push(`${path}: ${answer.status} ${answer.text}`)
      else complaints.push(...judgeProblem(answer).map((complaint) => `${path}: ${complaint}`))
    }
  }
  return complaints
}

function detoursTo(operation: Operation, door: Door): string[] {
  const address = addressOf(operation)
  const api = `/api/${door.service}s`
  const prefixes = ['', '/api', api, `${api}/..`, `${api}/%2e%2e`, `${api}/1/..;`]
  return prefixes.map((prefix) => prefix + address)
}
