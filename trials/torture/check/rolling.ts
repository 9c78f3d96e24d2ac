import type { HistoryEvent } from '../history.ts'
import type { Deed } from './deeds.ts'
import type { AddFinding } from './finding.ts'

/** A stop gives up what is still being uploaded after so long, and says so. */
const uploadsPatienceMs = 3_000

/**
 * `rolling restart`: while the services are restarted in turn by SIGTERM, and nothing else is wrong, each request gets an
 * answer, and none is told that the shop cannot serve. Operations that began before may still suffer from what was before,
 * and requests that are under way at the end from what comes next.
 */
export function judgeRolling(deeds: Deed[], events: HistoryEvent[], add: AddFinding): void {
  for (const { from, until } of spansOf(events)) {
    for (const { kind, operation, sent } of deeds) {
      const [first] = sent
      if (!first || first.at < from) continue
      for (const { at, answer, failure, failedAt } of sent) {
        if ((answer?.at ?? failedAt ?? Number.POSITIVE_INFINITY) > until) continue
        if (kind === 'upload' && answer?.code === 'overloaded' && answer.at - at >= uploadsPatienceMs)
          continue
        const trouble =
          failure ?? (answer && answer.status >= 500 ? `${answer.status} ${answer.code}` : undefined)
        if (trouble) add('rolling restart', `Operation ${operation} (${kind}) at ${at} ms: ${trouble}.`)
      }
    }
  }
}

function spansOf(events: HistoryEvent[]): { from: number; until: number }[] {
  const spans: { from: number; until: number }[] = []
  let from: number | undefined
  for (const event of events) {
    if (event.type !== 'fault' || event.fault !== 'rolling') continue
    if (event.phase === 'begin') from = event.at
    else if (from !== undefined) spans.push({ from, until: event.at })
  }
  return spans
}
