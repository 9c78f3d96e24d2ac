import type { FastifyReply } from '@tallyshop/service-kit/http-server'
import { Problem } from '@tallyshop/service-kit/problems'

/** How long a request may go on: its signal ends what is under way when the time is over, or the sender gone. */
export class Patience {
  readonly #over = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #reason: Error | undefined
  #isSenderGone = false

  constructor(reply: FastifyReply) {
    reply.raw.once('close', () => {
      this.end()
      if (reply.raw.writableFinished) return
      this.#isSenderGone = true
      this.#over.abort(senderGone)
    })
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  /** From now on there is this much time, and then this is the signal's reason. */
  allow(ms: number, reason: Error): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#over.abort(this.#reason), ms)
    this.blame(reason)
  }

  /** The time goes on, and what is waited for now is to blame when it is over. */
  blame(reason: Error): void {
    this.#reason = reason
  }

  giveUp(reason: Error): void {
    this.#over.abort(reason)
  }

  /** What the work ended with: nobody's fault, when it ended because the sender went away. */
  reasonOf(error: unknown): unknown {
    return this.#isSenderGone ? senderGone : error
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

const senderGone = new Problem(400, 'sender_gone', 'The sender went away.')
