import { setTimeout as sleep } from 'node:timers/promises'
import { jittered } from '@tallyshop/service-kit/loop'

const failuresToOpen = 3
const doubtPauseMs = 100
const openPauseMs = 1_000
const longestPauseMs = 5_000

/**
 * Remembers whether a neighbour answers. After a failure it is asked by `probe`, again and again until that resolves with
 * true; after three failures in a row, probes included, it counts as unreachable. Nobody's request is needed to find out that
 * it is back. A success forgets every failure, and those to come of requests that began before it: what a fault swallowed
 * runs out of time long after the neighbour is well. Times are of `performance.now()`.
 */
export class Breaker {
  readonly #probe: (stopping: AbortSignal) => Promise<boolean>
  readonly #stopping = new AbortController()
  #failures = 0
  #relapses = 0
  #answeredAt = Number.NEGATIVE_INFINITY
  #watching: Promise<void> | undefined

  constructor(probe: (stopping: AbortSignal) => Promise<boolean>) {
    this.#probe = probe
  }

  isOpen(): boolean {
    return this.#failures >= failuresToOpen
  }

  succeeded(): void {
    this.#failures = 0
    this.#relapses = 0
    this.#answeredAt = performance.now()
  }

  failed(beganAt: number): void {
    if (beganAt < this.#answeredAt) return
    this.#failures += 1
    if (!this.#stopping.signal.aborted) this.#watching ??= this.#watch()
  }

  /** Ends the probes. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#watching
  }

  async #watch(): Promise<void> {
    await this.#pause(this.#restMs())
    while (this.#failures > 0 && !this.#stopping.signal.aborted) {
      if (await this.#probe(this.#stopping.signal)) {
        this.#trustAgain()
        break
      }
      this.#failures += 1
      await this.#pause(this.isOpen() ? openPauseMs : doubtPauseMs)
    }
    this.#watching = undefined
  }

  /** It answers; whether it does what it is asked for, the next one will find out, and one more failure is enough. */
  #trustAgain(): void {
    this.#failures = Math.min(this.#failures, failuresToOpen - 1)
    this.#relapses += 1
    this.#answeredAt = performance.now()
  }

  /** At once the first time. One that answers probes and nothing else is left alone for longer and longer. */
  #restMs(): number {
    if (this.#relapses === 0 || !this.isOpen()) return 0
    return Math.min(longestPauseMs, openPauseMs * 2 ** (this.#relapses - 1))
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping
    await sleep(jittered(ms), undefined, { signal, ref: false }).catch(() => {})
  }
}
