import { Problem } from '../../api/problem.ts'
import type { PlacedOrder } from '../../api/types.ts'

/** How placing an order ended; `unsure`: nobody could say within the patience we have, and the same key must ask again. */
export type Outcome =
  | { kind: 'placed'; order: PlacedOrder }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'unsure' }

type Means = {
  /** Asks once, always with the same key and the same body. */
  ask: () => Promise<PlacedOrder>
  sleep: (ms: number) => Promise<void>
  /** Called when the first answer was no answer. */
  onDoubt: () => void
}

const waitsMs = [1, 2, 3, 5, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8].map((seconds) => seconds * 1000)
const longestWaitMs = 30_000

/** Asks until there is a final answer, waiting longer each time, about two minutes in all: by then the services settled it. */
export async function placeSurely({ ask, sleep, onDoubt }: Means): Promise<Outcome> {
  for (const waitMs of [...waitsMs, null]) {
    try {
      return { kind: 'placed', order: await ask() }
    } catch (error) {
      if (isRefusal(error)) return { kind: 'refused', problem: error }
      onDoubt()
      if (waitMs !== null) await sleep(pauseMs(error, waitMs))
    }
  }
  return { kind: 'unsure' }
}

/**
 * Whether this answer is final: the services looked at the order and said no. Everything else (no network, a twin still at work,
 * too fast, a trouble of theirs) leaves it open whether the order exists.
 */
export function isRefusal(error: unknown): error is Problem {
  if (!(error instanceof Problem) || error.status >= 500) return false
  return error.code !== 'in_progress' && ![408, 425, 429].includes(error.status)
}

function pauseMs(error: unknown, waitMs: number): number {
  const asked = error instanceof Problem ? (error.retryAfterMs ?? 0) : 0
  return Math.min(Math.max(asked, waitMs), longestWaitMs)
}
