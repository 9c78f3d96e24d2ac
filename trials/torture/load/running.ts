import type { History } from '../history.ts'
import { wait } from '../wait.ts'
import type { Answer, Outcome } from './caller.ts'
import type { Client } from './client.ts'
import { type Doing, drawDoing } from './doings.ts'

export type LoadCounts = {
  /** Begun so far, and of these without an end. */
  operations: number
  open: number
  /** Orders, by their final answer. */
  acknowledged: number
  refused: number
  abandoned: number
  /** Operations that ended without knowing what became of them. */
  gaveUp: number
  /** Requests, those that nobody answered, and those that were answered 503. */
  calls: number
  noAnswers: number
  unavailable: number
}

/** What all clients share: the numbers of operations and calls, and when to begin and to end. */
export class Running {
  readonly history: History
  readonly beginsNoMore = new AbortController()
  readonly endsNow = new AbortController()
  readonly counts: LoadCounts = {
    operations: 0,
    open: 0,
    acknowledged: 0,
    refused: 0,
    abandoned: 0,
    gaveUp: 0,
    calls: 0,
    noAnswers: 0,
    unavailable: 0,
  }
  #calls = 0
  #mayBegin = Promise.withResolvers<void>()

  constructor(history: History) {
    this.history = history
    this.#mayBegin.resolve()
    this.beginsNoMore.signal.addEventListener('abort', () => this.#mayBegin.resolve())
  }

  pauseNew(): void {
    if (!this.beginsNoMore.signal.aborted) this.#mayBegin = Promise.withResolvers()
  }

  resumeNew(): void {
    this.#mayBegin.resolve()
  }

  nextCall(): number {
    this.#calls += 1
    return this.#calls
  }

  /** Does one thing after another, with pauses of up to `thinkMs`, until the load begins nothing more. */
  async live(client: Client, thinkMs: number): Promise<void> {
    const { signal } = this.beginsNoMore
    while (await wait(client.random.integer(0, thinkMs), signal)) {
      await this.#mayBegin.promise
      if (signal.aborted) return
      await this.perform(client, drawDoing(client))
    }
  }

  /** Carries out one operation; one that the end of the load leaves open has no end in the history. */
  async perform(client: Client, { kind, work }: Doing): Promise<void> {
    this.counts.operations += 1
    this.counts.open += 1
    const operation = this.counts.operations
    const outcome = await work(client, { operation, kind })
    if (outcome === 'open') return
    this.counts.open -= 1
    if (outcome === 'gave_up') this.counts.gaveUp += 1
    this.history.record({ type: 'end', operation, kind, outcome })
  }

  countCall(outcome: Outcome): void {
    this.counts.calls += 1
    if ('error' in outcome) this.counts.noAnswers += 1
    else if (outcome.status === 503) this.counts.unavailable += 1
  }

  countOrder({ status, code }: Answer): void {
    if (status === 201) this.counts.acknowledged += 1
    else if (code === 'abandoned') this.counts.abandoned += 1
    else this.counts.refused += 1
  }
}
