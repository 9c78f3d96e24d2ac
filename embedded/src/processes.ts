import { CannotStart } from './cannot-start.ts'
import { type ProcessSpec, type RunningProcess, startProcess } from './child-process.ts'
import { withItsLog } from './last-words.ts'

/** The processes of one shop: when one ends unasked `oneEnded` rejects, and `stop` ends all in order. */
export class Processes {
  readonly oneEnded: Promise<never>
  #reject: (reason: Error) => void = () => {}
  #running: RunningProcess[] = []
  #stopping: Promise<void> | undefined

  constructor() {
    this.oneEnded = new Promise((_, reject) => {
      this.#reject = reject
    })
    this.oneEnded.catch(() => {})
  }

  /** Starts one that `stop` will end. */
  begin(spec: ProcessSpec): RunningProcess {
    if (this.#stopping !== undefined) throw new CannotStart('The shop is stopping.')
    const child = startProcess(spec)
    this.#running.push(child)
    return child
  }

  /** From now on the shop cannot do without this one. */
  needs(child: RunningProcess): void {
    void child.ended.then((how) => {
      if (this.#stopping === undefined) this.#reject(endedUnasked(child, how))
    })
  }

  /**
   * Ends all processes, group after group by name; what is in no group ends at once. Each group is asked to end and
   * made to at `untilMs` after the call, so that those after it still end in good order.
   */
  stop(groups: { names: string[]; untilMs: number }[]): Promise<void> {
    this.#stopping ??= this.#stopAll(groups)
    return this.#stopping
  }

  async #stopAll(groups: { names: string[]; untilMs: number }[]): Promise<void> {
    const began = Date.now()
    const named = new Set(groups.flatMap(({ names }) => names))
    const others = this.#running.filter(({ name }) => !named.has(name))
    const stopOthers = Promise.all(others.map((child) => child.stop(1000)))
    for (const { names, untilMs } of groups) {
      const group = this.#running.filter(({ name }) => names.includes(name))
      await Promise.all(group.map((child) => child.stop(began + untilMs - Date.now())))
    }
    await stopOthers
  }
}

/** The sentence for a process that nobody asked to end; one that was killed had no time to say why. */
export function endedUnasked({ name, logFile }: RunningProcess, how: string): CannotStart {
  return new CannotStart(
    withItsLog(`The ${name} ended unexpectedly (${how})`, logFile, how.startsWith('exit code')),
  )
}
