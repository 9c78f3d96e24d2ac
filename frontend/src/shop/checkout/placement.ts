import type { Problem } from '../../api/problem.ts'
import type { NewOrder, PlacedOrder } from '../../api/types.ts'
import type { Stored } from '../stored.ts'
import { type Outcome, placeSurely } from './place-order.ts'

/** An order that was sent and has no final answer yet: its key and its exact body. */
export type Attempt = { key: string; body: NewOrder }

/** Where the placing of an order stands; `doubtful`: the first answer was no answer, we are asking again. */
export type Placement =
  | { phase: 'idle' }
  | { phase: 'placing'; doubtful: boolean }
  | { phase: 'unsure' }
  | { phase: 'refused'; problem: Problem }
  | { phase: 'placed'; order: PlacedOrder }

type Means = {
  attempt: Stored<Attempt | null>
  ask: (attempt: Attempt) => Promise<PlacedOrder>
  sleep: (ms: number) => Promise<void>
  newKey: () => string
  /** Called once the order is certain and before its attempt is forgotten. */
  onPlaced: (order: PlacedOrder, attempt: Attempt) => void
}

/**
 * The one placing of an order that this browser may have under way. Its key is stored before the first request and forgotten
 * only at a final answer, so that pressing twice, reloading and losing the network all ask about the same order.
 */
export function createPlacement({ attempt, ask, sleep, newKey, onPlaced }: Means) {
  let state: Placement = { phase: 'idle' }
  const listeners = new Set<() => void>()
  const become = (next: Placement) => {
    state = next
    for (const listener of listeners) listener()
  }

  async function resume(): Promise<void> {
    const open = attempt.read()
    if (!open || state.phase === 'placing') return
    become({ phase: 'placing', doubtful: false })
    const onDoubt = () => become({ phase: 'placing', doubtful: true })
    const outcome = await placeSurely({ ask: () => ask(open), sleep, onDoubt })
    if (outcome.kind === 'unsure') return become({ phase: 'unsure' })
    conclude(open, outcome)
    become(
      outcome.kind === 'placed'
        ? { phase: 'placed', order: outcome.order }
        : { phase: 'refused', problem: outcome.problem },
    )
  }

  /** Another tab may have asked about the same key and concluded first: what was ordered leaves the cart once. */
  function conclude(open: Attempt, outcome: Exclude<Outcome, { kind: 'unsure' }>): void {
    attempt.update((now) => now)
    if (attempt.read()?.key !== open.key) return
    if (outcome.kind === 'placed') onPlaced(outcome.order, open)
    attempt.update(() => null)
  }

  return {
    read: () => state,
    subscribe: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Places an order of this body, or goes on with the one that is still open. */
    place: (body: NewOrder): Promise<void> => {
      attempt.update((open) => open ?? { key: newKey(), body })
      return resume()
    },
    /** Goes on with an order that has no final answer yet, if there is one. */
    resume,
    /** Forgets a final answer, once the page has shown it. */
    settle: () => {
      if (state.phase === 'placed' || state.phase === 'refused') become({ phase: 'idle' })
    },
  }
}

/** The attempt that was kept as text; anything else is none. */
export function parseAttempt(text: string | null): Attempt | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Attempt> | null
    return typeof kept?.key === 'string' && Array.isArray(kept.body?.items) ? (kept as Attempt) : null
  } catch {
    return null
  }
}
