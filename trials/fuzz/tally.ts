import type { Answer } from '@tallyshop/service-kit/test-support/http'
import type { PlannedRequest } from './planned-request.ts'

/** Counts answers, and remembers what they promised to be there. */
export class Tally {
  readonly orderIds = new Set<number>()
  /** Allocations that a request made without an order. */
  readonly heldUids = new Set<string>()
  readonly #counts = new Map<string, Map<number, number>>()
  total = 0

  add({ operation, method, path }: PlannedRequest, { status, body }: Answer): void {
    const name = nameOf(operation, method)
    const statuses = this.#counts.get(name) ?? new Map<number, number>()
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    this.#counts.set(name, statuses)
    this.total += 1
    if (name === 'order POST /orders' && status === 201) this.orderIds.add(body.order_id)
    if (operation?.internal && status === 200 && body?.verdict === 'held') {
      this.heldUids.add(path.split('/')[3]?.split('?')[0] ?? '')
    }
  }

  count(operation: string, status: number): number {
    return this.#counts.get(operation)?.get(status) ?? 0
  }

  /** How often each status was answered, to all requests together. */
  statuses(): Map<number, number> {
    const sums = new Map<number, number>()
    for (const statuses of this.#counts.values()) {
      for (const [status, count] of statuses) sums.set(status, (sums.get(status) ?? 0) + count)
    }
    return new Map([...sums].sort(([a], [b]) => a - b))
  }

  /** A line for each operation, with its statuses and how often each was answered. */
  table(): string {
    const rows = [...this.#counts].sort(([a], [b]) => a.localeCompare(b))
    const width = Math.max(...rows.map(([name]) => name.length), 0)
    return rows.map(([name, statuses]) => `${name.padEnd(width)}  ${inWords(statuses)}`).join('\n')
  }
}

export function inWords(statuses: Map<number, number>): string {
  return [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count.toLocaleString('en')}`)
    .join('  ')
}

function nameOf(operation: PlannedRequest['operation'], method: string): string {
  if (!operation) return 'what there is not'
  return method === operation.method ? operation.name : operation.name.replace(operation.method, method)
}
