import type { HistoryEvent } from '../history.ts'
import type { Deeds } from './deeds.ts'
import type { AddFinding } from './finding.ts'

const settledAfterMs = 30_000

/**
 * `unknown`: operations without an end, whose clients asked until the load was over; `I9`: orders that had not their final
 * answer 30 s after the last fault, or after they were first sent.
 */
export function judgeSettling(deeds: Deeds, add: AddFinding): void {
  const quietFrom = lastDisturbance(deeds.others)
  for (const { operation, kind, sent, end } of deeds.byOperation.values()) {
    const { at = 0, key, path } = sent[0] ?? {}
    if (!end) {
      add('unknown', `Operation ${operation} (${kind} ${path}, key ${key ?? 'none'}) has no final answer.`)
    } else if (kind === 'order' && end.at > Math.max(at, quietFrom) + settledAfterMs) {
      const since = quietFrom > at ? 'the last fault' : 'it was first sent'
      const seconds = Math.round((end.at - Math.max(at, quietFrom)) / 1000)
      add('I9', `Operation ${operation} had its final answer ${seconds} s after ${since}.`)
    }
  }
}

/** The last moment at which anything was done to the shop, or a part of it came or went. */
function lastDisturbance(events: HistoryEvent[]): number {
  const last = events.findLast(({ type }) => ['fault', 'window', 'exit', 'start'].includes(type))
  return last?.at ?? 0
}
