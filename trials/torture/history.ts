import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

/** What clients do; each operation is one wish, sent as often as its answer takes. */
export type OperationKind =
  | 'order'
  | 'reused_key'
  | 'cancel'
  | 'move'
  | 'delete_order'
  | 'adjust_stock'
  | 'edit_price'
  | 'create_product'
  | 'delete_product'
  | 'upload'
  | 'list'
  | 'read'
  | 'picture'

/** A line of the history: what was sent, what came back, what was done to the shop. `at` is milliseconds since the start. */
export type HistoryEvent = { at: number } & (
  | { type: 'run'; options: Record<string, unknown>; plan: unknown[] }
  | {
      type: 'call'
      /** Names this sending alone. */
      call: number
      operation: number
      kind: OperationKind
      client: number
      method: string
      path: string
      key?: string
      body?: unknown
    }
  | { type: 'answer'; call: number; status: number; code?: string; key?: string; text?: string }
  | { type: 'no_answer'; call: number; error: string }
  /** `gave_up`: what it became is not known to its client, and it does not ask again. */
  | { type: 'end'; operation: number; kind: OperationKind; outcome: 'final' | 'gave_up' }
  | { type: 'fault'; fault: string; on: string; phase: 'begin' | 'end'; detail?: string }
  /** A crash window of the protocol was hit. */
  | { type: 'window'; window: string; on: string }
  /** A process ended: `asked` where that was wanted. */
  | { type: 'exit'; on: string; how: string; asked: boolean }
  | { type: 'start'; on: string; pid: number; ms: number }
  | { type: 'memory'; on: string; pid: number; megabytes: number }
  | { type: 'finding'; check: string; detail: string }
)

export type FindingEvent = HistoryEvent & { type: 'finding' }

/** What was found, each once: what was found amid the faults is often there at the end. */
export function findingsIn(events: HistoryEvent[]): FindingEvent[] {
  const found = new Map<string, FindingEvent>()
  for (const event of events) {
    if (event.type !== 'finding') continue
    const words = `${event.check}: ${event.detail}`
    if (!found.has(words)) found.set(words, event)
  }
  return [...found.values()]
}

type WithoutTime = HistoryEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'at'>
    : never
  : never

export type History = {
  /** All that was recorded, in order. */
  events: HistoryEvent[]
  /** Milliseconds since the start, by a clock that nobody sets. */
  now(): number
  record(event: WithoutTime): void
  /** Waits until the file is written. */
  close(): Promise<void>
}

/** Records what happens, in memory and as JSON lines in `file`. */
export function startHistory(file?: string): History {
  const began = performance.now()
  const stream = file === undefined ? undefined : createWriteStream(file, { mode: 0o600 })
  const events: HistoryEvent[] = []
  const now = () => Math.round(performance.now() - began)
  return {
    events,
    now,
    record: (event) => {
      const timed = { at: now(), ...event } as HistoryEvent
      events.push(timed)
      stream?.write(`${JSON.stringify(timed)}\n`)
    },
    close: async () => {
      if (!stream) return
      stream.end()
      await finished(stream)
    },
  }
}

/** Why a trial could not go on is a finding, too. */
export function recordBreakOff(history: History, error: unknown): void {
  const why = error instanceof Error ? (error.stack ?? error.message) : error
  history.record({ type: 'finding', check: 'trial', detail: `It broke off: ${why}` })
}
