type Event = {
  name: string
  file?: string | undefined
  nesting: number
  skip?: string | boolean
  todo?: string | boolean
}
type Failure = Event & { details: { error: Error } }

/** Counts the tests that have no tests inside them, from the runner's events. */
export class Score {
  passed = 0
  failed = 0
  /** Per file, how many tests reported at each depth since one above them did. */
  #seen = new Map<string, number[]>()
  #excused = new Set<string>()
  #failedExcused = new Set<string>()

  /** Tests of these titles may fail. */
  excuse(titles: string[]): void {
    this.#excused = new Set(titles)
  }

  /** Excused, and did not fail. */
  get unused(): string[] {
    return [...this.#excused].filter((title) => !this.#failedExcused.has(title))
  }

  pass(event: Event): void {
    const isLeaf = this.#isLeaf(event)
    if (isLeaf && !event.skip && !event.todo) this.passed += 1
  }

  /** One that failed by itself counts also when it has tests inside. */
  fail(event: Failure): void {
    const isLeaf = this.#isLeaf(event)
    if (this.#excused.has(event.name)) {
      this.#failedExcused.add(event.name)
      return
    }
    const { failureType } = event.details.error as { failureType?: string }
    if (!event.todo && (isLeaf || failureType !== 'subtestsFailed')) this.failed += 1
  }

  #isLeaf({ file = '', nesting }: Event): boolean {
    const seen = this.#seen.get(file) ?? []
    this.#seen.set(file, seen)
    const isLeaf = !seen[nesting + 1]
    seen[nesting + 1] = 0
    seen[nesting] = (seen[nesting] ?? 0) + 1
    return isLeaf
  }
}
