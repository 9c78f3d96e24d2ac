type Waiting = { amount: number; admit: () => void }

/** A share of what a gate hands out. Both can be called more than once. */
export type Pass = {
  /** Gives back what is above this amount. */
  keep: (amount: number) => void
  leave: () => void
}

/** Hands out a bounded amount of something, first come, first served: memory, or turns. */
export class Gate {
  #free: number
  #line: Waiting[] = []

  constructor(capacity: number) {
    this.#free = capacity
  }

  /** Waits until the amount is free; an amount above the capacity waits for ever. Rejects with the signal's reason. */
  async enter(amount: number, signal: AbortSignal): Promise<Pass> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        this.#line = this.#line.filter((each) => each !== waiting)
        reject(signal.reason)
        this.#admit()
      }
      const admit = () => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const waiting = { amount, admit }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#line.push(waiting)
      this.#admit()
    })
    return this.#pass(amount)
  }

  #pass(held: number): Pass {
    let amount = held
    const keep = (kept: number) => {
      this.#free += amount - Math.min(kept, amount)
      amount = Math.min(kept, amount)
      this.#admit()
    }
    return { keep, leave: () => keep(0) }
  }

  /** In order: a large one at the head is not overtaken by small ones for ever. */
  #admit(): void {
    for (let next = this.#line[0]; next && next.amount <= this.#free; next = this.#line[0]) {
      this.#free -= next.amount
      this.#line.shift()
      next.admit()
    }
  }
}
