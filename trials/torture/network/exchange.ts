import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FarSide } from './far-side.ts'

export type ExchangeOptions = {
  near: Socket
  far: Socket
  http: boolean
  farSide: FarSide
  request: Buffer
  /** Ends the connection, both sides. */
  reset: () => void
}

/** Near bytes kept while a fault has the word; beyond it, the near side is not read. */
const mostKept = 1024 * 1024

/** One exchange in the hands of a fault: nothing passes but what the fault passes. */
export class Exchange {
  readonly near: Socket
  readonly far: Socket
  readonly http: boolean
  readonly request: Buffer
  readonly farSide: FarSide
  readonly reset: () => void
  /** One side may go, and the fault has its way nevertheless. */
  outlives = false
  /** What came from either side and was not asked for yet. */
  readonly answers: Buffer[] = []
  readonly spoken: Buffer[] = []
  readonly #end = new AbortController()
  #wake: (() => void) | undefined

  constructor({ near, far, farSide, http, request, reset }: ExchangeOptions) {
    this.near = near
    this.far = far
    this.http = http
    this.farSide = farSide
    this.request = request
    this.reset = reset
  }

  /** Aborted when the connection is over. */
  get signal(): AbortSignal {
    return this.#end.signal
  }

  abort(): void {
    this.#end.abort()
    this.#wake?.()
  }

  /** A side has gone; where the fault outlives that, it looks for itself. */
  sideLeft(): void {
    if (this.outlives) this.#wake?.()
    else this.abort()
  }

  get isFarGone(): boolean {
    return this.far.readableEnded || this.far.destroyed
  }

  hearNear(bytes: Buffer): void {
    this.spoken.push(bytes)
    if (this.spoken.reduce((sum, { length }) => sum + length, 0) > mostKept) this.near.pause()
    this.#wake?.()
  }

  hearFar(bytes: Buffer): void {
    this.answers.push(bytes)
    this.far.pause()
    this.#wake?.()
  }

  /** Throws when the connection is over before that. */
  async wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal })
  }

  ask(bytes: Buffer = this.request): void {
    if (this.far.writable) this.far.write(bytes)
  }

  answer(bytes: Buffer): void {
    if (this.near.writable) this.near.write(bytes)
  }

  /**
   * The far side's next bytes, or undefined where it has gone, the near side spoke first or none came in that time. Throws
   * when the connection is over.
   */
  async nextAnswer(withinMs: number): Promise<Buffer | undefined> {
    this.signal.throwIfAborted()
    if (this.answers.length === 0 && this.spoken.length === 0 && !this.isFarGone) {
      this.far.resume()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#wake = undefined
      this.signal.throwIfAborted()
    }
    return this.answers.shift()
  }
}
