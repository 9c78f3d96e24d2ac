const failuresToOpen = 3
const openMs = 2_000

/**
 * Remembers whether a neighbour answers. After three failures in a row it counts as unreachable; two seconds later it
 * may be tried again, and one more failure closes the door for another two.
 */
export class Breaker {
  #failures = 0
  #openUntil = 0

  isOpen(now = Date.now()): boolean {
    return now < this.#openUntil
  }

  succeeded(): void {
    this.#failures = 0
    this.#openUntil = 0
  }

  failed(now = Date.now()): void {
    this.#failures += 1
    if (this.#failures >= failuresToOpen) this.#openUntil = now + openMs
  }
}
