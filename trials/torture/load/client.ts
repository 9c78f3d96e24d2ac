import type { OperationKind } from '../history.ts'
import type { Random } from '../random.ts'
import { wait } from '../wait.ts'
import type { Answer, Outcome, Sending } from './caller.ts'
import type { Catalogue } from './catalogue.ts'

export type NewOrder = {
  items: { product_id: number; quantity: number; price_at_purchase?: number }[]
  shipping_address: string
}

/** An order that a client was told of, with what it sent and the key it would repeat it under. */
export type OwnOrder = { id: number; operation: number; key: string; body: NewOrder }

/** What becomes of an operation: see the history's `end`. `open`: the load was stopped before there was a final answer. */
export type Ending = 'final' | 'gave_up' | 'open'

/** One of the shop's callers, who does one thing after another. */
export type Client = {
  number: number
  random: Random
  /** Such a client sends no key of its own, and repeats under the one that an answer returned. */
  keyless: boolean
  orderUrl: string
  productUrl: string
  picture: { type: string; bytes: Buffer }
  catalogue: Catalogue
  /** The newest last. */
  ownOrders: OwnOrder[]
  /** Ends waiting and repeating. */
  signal: AbortSignal
  call: (sending: Sending) => Promise<Outcome>
  /** Counts the final answer to an order. */
  countOrder: (answer: Answer) => void
  close: () => void
}

/** An operation as it is carried out: its number names it in the history and in the shop's databases. */
export type Operation = { operation: number; kind: OperationKind }

const mostTries = 3
/** Such a refusal says that nothing was done. */
const nothingDone = ['unavailable', 'storage_unavailable', 'overloaded']

/** True of what will be answered the same however often it is asked. */
export function isFinal(outcome: Outcome): outcome is Answer {
  if ('error' in outcome) return false
  const { status, code } = outcome
  return status < 500 && status !== 408 && status !== 429 && !(status === 409 && code === 'in_progress')
}

/** Sends again and again, with growing pauses, until the answer is final; undefined when the load is stopped before. */
export async function repeatUntilFinal(
  client: Client,
  send: () => Promise<Outcome>,
): Promise<Answer | undefined> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await send()
    if (isFinal(outcome)) return outcome
    if (!(await pauseAfter(outcome, tries, client))) return undefined
  }
}

/**
 * Sends what must not be done twice: again only where the answer says that nothing was done, and at most three times. Gives
 * the final answer, or how it ended without.
 */
export async function sendWhileSafe(
  client: Client,
  send: () => Promise<Outcome>,
): Promise<Answer | 'gave_up'> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await send()
    if (isFinal(outcome)) return outcome
    if (!hadNoEffect(outcome) || tries === mostTries) return 'gave_up'
    if (!(await pauseAfter(outcome, tries, client))) return 'gave_up'
  }
}

export function hadNoEffect(outcome: Outcome): boolean {
  if ('error' in outcome) return outcome.unsent
  return outcome.status === 503 && nothingDone.includes(outcome.code ?? '')
}

/** What the JSON of an answer says; nothing where it is none. */
// biome-ignore lint/suspicious/noExplicitAny: a client reads fields and lives with what they are; the check judges them.
export function saidIn({ text }: Answer): any {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

/** Waits longer each time, never as long as another client, and at least as long as the answer wants; false when stopped. */
export async function pauseAfter(
  outcome: Outcome,
  tries: number,
  { random, signal }: Client,
): Promise<boolean> {
  const wanted = 'error' in outcome ? 0 : outcome.retryAfterMs
  const backOff = Math.min(2_000, 50 * 2 ** tries) * (0.5 + random.next())
  return wait(wanted > 0 ? wanted + random.integer(0, 300) : backOff, signal)
}
