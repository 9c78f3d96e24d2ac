import { setTimeout as sleep } from 'node:timers/promises'
import { type Begin, startProcess } from '@tallyshop/embedded/child-process'
import { signal } from '@tallyshop/embedded/postgres/foreign-process'
import type { History } from '../history.ts'
import { wait } from '../wait.ts'

/** A process that runs, or has run; `ended` says how: "SIGKILL", "exit code 1". */
export type Life = { pid: number; ended: Promise<string> }

/** Starts processes as `startProcess` does, and tells of each. */
export function tellingOf(begun: (life: Life) => void): Begin {
  return (spec) => {
    const running = startProcess(spec)
    begun(running)
    return running
  }
}

export type SupervisorSpec = {
  name: string
  history: History
  /** How long a dead one stays dead. */
  restartAfterMs: () => number
  /** Resolves when it serves; says of each process that it has begun, before. Throws where it ended or does not serve. */
  begin: (begun: (life: Life) => void) => Promise<void>
}

const startPatienceMs = 60_000

/** Keeps something running as an operator's machinery does: what ends unasked is begun again, and all of it is recorded. */
export class Supervisor {
  readonly #spec: SupervisorSpec
  #life: Life | undefined
  #wanted = false
  #serving = false
  #running: Promise<void> = Promise.resolve()
  #resting = new AbortController()
  #asked = new WeakSet<Life>()
  #lastFailure: unknown

  constructor(spec: SupervisorSpec) {
    this.#spec = spec
  }

  /** The process that runs, serving or not yet. */
  get pid(): number | undefined {
    return this.#life?.pid
  }

  get isServing(): boolean {
    return this.#serving
  }

  /** Makes it run, and resolves when it serves; at once where it does. Throws where it does not within a minute, and rests. */
  async start(): Promise<void> {
    if (!this.#wanted) {
      this.#wanted = true
      this.#resting = new AbortController()
      this.#running = this.#running.then(() => this.#keepRunning())
    }
    for (const deadline = performance.now() + startPatienceMs; !this.#serving; await sleep(10)) {
      if (this.#wanted && performance.now() < deadline) continue
      await this.rest((pid) => void signal(pid, 'SIGKILL'))
      throw new Error(`${this.#spec.name} does not start: ${this.#lastFailure}`)
    }
  }

  /** Ends what runs now, as `end` does it; it is begun again afterwards. Resolves when it has ended; false where nothing ran. */
  async strike(end: (pid: number) => void | Promise<void>): Promise<boolean> {
    const life = this.#life
    if (!life) return false
    this.#asked.add(life)
    await end(life.pid)
    await life.ended
    return true
  }

  /** Ends it, and it stays so until `start`. Resolves with how it ended; undefined where nothing ran. */
  async rest(end: (pid: number) => void | Promise<void>): Promise<string | undefined> {
    this.#wanted = false
    this.#resting.abort()
    const life = this.#life
    await this.strike(end)
    await this.#running
    return life?.ended
  }

  /** What runs now ends soon and was meant to; resolves when it has. False where nothing ran. */
  expectEnd(): Promise<boolean> {
    return this.strike(() => {})
  }

  async #keepRunning(): Promise<void> {
    while (this.#wanted) {
      const began = performance.now()
      try {
        await this.#spec.begin((life) => this.#begun(life))
        await this.#serve(Math.round(performance.now() - began))
      } catch (error) {
        this.#lastFailure = error
      }
      if (!this.#wanted) break
      await wait(this.#spec.restartAfterMs(), this.#resting.signal)
    }
  }

  #begun(life: Life): void {
    this.#life = life
    void life.ended.then((how) => {
      const { name, history } = this.#spec
      // What could not start is tried again, and why is in its log: it is told from what broke.
      const inVain = !this.#serving && how.startsWith('exit code')
      const asked = this.#asked.has(life)
      history.record({ type: 'exit', on: name, how: inVain ? `start in vain: ${how}` : how, asked })
      if (this.#life === life) this.#life = undefined
      this.#serving = false
    })
    if (this.#wanted) return
    signal(life.pid, 'SIGKILL')
    throw new Error(`${this.#spec.name} is not wanted any more.`)
  }

  async #serve(ms: number): Promise<void> {
    const life = this.#life
    if (!life) return
    this.#serving = true
    this.#spec.history.record({ type: 'start', on: this.#spec.name, pid: life.pid, ms })
    await life.ended
  }
}
