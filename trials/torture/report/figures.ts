import { findingsIn, type HistoryEvent, type OperationKind } from '../history.ts'
import { windows } from '../plan.ts'

export type Figures = {
  seconds: number
  operations: number
  byKind: Partial<Record<OperationKind, number>>
  /** Orders answered 201, each counted once however often it was told. */
  acknowledged: number
  refused: number
  abandoned: number
  gaveUp: number
  calls: number
  unanswered: number
  unavailable: number
  /** Processes that died as nobody can prepare for, by name. */
  deaths: Record<string, number>
  faults: Record<string, number>
  notDone: Record<string, number>
  windows: Record<string, number>
  /** Of orders, from the first sending to the final answer, in milliseconds. */
  latency: { median: number; p99: number; longest: number }
  mostMegabytes: Record<string, number>
  findings: { check: string; detail: string }[]
}

/** What a history comes to. */
export function figuresOf(events: HistoryEvent[]): Figures {
  const ends = events.filter((event) => event.type === 'end')
  const ended = events.filter((event) => event.type === 'fault').filter(({ phase }) => phase === 'end')
  const answers = events.filter((event) => event.type === 'answer')
  const orders = ordersOf(events)
  const durations = orders.flatMap(({ ms }) => (ms === undefined ? [] : [ms])).sort((a, b) => a - b)
  return {
    seconds: Math.round((events.at(-1)?.at ?? 0) / 1_000),
    operations: ends.length,
    byKind: count(ends, ({ kind }) => kind),
    acknowledged: orders.filter(({ status }) => status === 201).length,
    refused: orders.filter(({ code }) => code === 'out_of_stock' || code === 'price_changed').length,
    abandoned: orders.filter(({ code }) => code === 'abandoned').length,
    gaveUp: ends.filter(({ outcome }) => outcome === 'gave_up').length,
    calls: events.filter(({ type }) => type === 'call').length,
    unanswered: events.filter(({ type }) => type === 'no_answer').length,
    unavailable: answers.filter(({ status }) => status === 503).length,
    deaths: count(events.filter(isDeath), ({ on }) => on),
    faults: count(
      ended.filter(({ detail }) => detail === undefined),
      ({ fault }) => fault,
    ),
    notDone: count(
      ended.filter(({ detail }) => detail !== undefined),
      ({ fault, detail }) => `${fault} (${detail})`,
    ),
    windows: {
      ...Object.fromEntries(windows.map((window) => [window, 0])),
      ...count(
        events.filter((event) => event.type === 'window'),
        (event) => ('window' in event ? event.window : ''),
      ),
    },
    latency: {
      median: quantile(durations, 0.5),
      p99: quantile(durations, 0.99),
      longest: durations.at(-1) ?? 0,
    },
    mostMegabytes: mostMegabytes(events),
    findings: findingsIn(events),
  }
}

export type OrderOutcome = {
  operation: number
  began: number
  ms: number | undefined
  status: number | undefined
  code: string | undefined
}

/** Each order that was wished for, with its final answer where there was one. */
export function ordersOf(events: HistoryEvent[]): OrderOutcome[] {
  const byOperation = new Map<number, OrderOutcome>()
  const operationOf = new Map<number, number>()
  for (const event of events) {
    if (event.type === 'call' && event.kind === 'order') {
      const { call, operation, at } = event
      operationOf.set(call, operation)
      if (!byOperation.has(operation)) {
        byOperation.set(operation, {
          operation,
          began: at,
          ms: undefined,
          status: undefined,
          code: undefined,
        })
      }
    }
    if (event.type !== 'answer' || !isFinal(event)) continue
    const order = byOperation.get(operationOf.get(event.call) ?? Number.NaN)
    if (!order || order.status !== undefined) continue
    order.ms = event.at - order.began
    order.status = event.status
    order.code = event.code
  }
  return [...byOperation.values()]
}

function isFinal({ status, code }: HistoryEvent & { type: 'answer' }): boolean {
  return status === 201 || (status === 409 && code !== 'in_progress') || status === 422
}

function mostMegabytes(events: HistoryEvent[]): Record<string, number> {
  const most: Record<string, number> = {}
  for (const event of events) {
    if (event.type === 'memory') most[event.on] = Math.max(most[event.on] ?? 0, event.megabytes)
  }
  return most
}

/** Whether a process ended as nobody can prepare for, by a fault or by itself. */
export function isDeath(event: HistoryEvent): event is HistoryEvent & { type: 'exit' } {
  if (event.type !== 'exit' || event.how.startsWith('start in vain')) return false
  return event.how === 'SIGKILL' || !event.asked
}

/** The value below which this share of the sorted numbers lies. */
export function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function count<Item>(items: Item[], nameOf: (item: Item) => string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1
  return counts
}
