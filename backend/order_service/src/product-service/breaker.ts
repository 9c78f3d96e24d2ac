const failuresToOpen = 3
const openMs = 2_000

/**
 * Remembers whether a neighbour answers. After three failures in a row it counts as unreachable; two seconds later it
 * may be tried again, and one more failure closes the door for another two. By a clock that nobody can set.
 */
export class Breaker {
  #failures = 0
  #openUntil = 0

  isOpen(now = performance.now()): boolean {
    return now < this.#openUntil
  }

  succeeded(): void {
    this.#failures = 0
    this.#openUntil = 0
  }

  failed(now = performance.now()): void {
    this.#failures += 1
    if (this.#failures >= failuresToOpen) this.#openUntil = now + openMs
  }
}
