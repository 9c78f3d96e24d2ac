import type { ChildProcess } from 'node:child_process'
import type { Armed, Facts, FromService, PointAction, ToService } from './crash-messages.ts'

export type Action =
  | { action: 'kill' | 'count' }
  | { action: 'hold'; ms: number }
  | { action: 'hold_until'; until: (facts: Facts) => Promise<void>; mostMs: number }

/** `fits`: only those whose facts have these values. */
export type ArmOptions = { withinMs: number; fits?: Facts }

type Waiting = { armed: Armed; reached: (facts: Facts) => void }

let lastId = 0

/** The trial's end of what crash-runtime.ts does in a service, over all lives of its process. */
export class ArmedPoints {
  readonly counts: Record<string, number> = {}
  #child: ChildProcess | undefined
  #waiting = new Map<number, Waiting>()
  /** Kills whose time is over; one may be on its way all the same. */
  readonly #lateKills = new Set<number>()
  #clockOffsetMs = 0
  /** Told when the service dies as it was armed to; resolves when it has, false where there was none. */
  readonly #whenKilled: () => Promise<boolean>

  constructor(whenKilled: () => Promise<boolean>) {
    this.#whenKilled = whenKilled
  }

  /** Goes on with a new process: what is armed and the clock are as before. */
  attach(child: ChildProcess): void {
    this.#child = child
    child.on('message', (message) => this.#hear(message as FromService))
    for (const { armed } of this.#waiting.values()) this.#tell({ type: 'arm', armed })
    if (this.#clockOffsetMs !== 0) this.setClock(this.#clockOffsetMs)
  }

  setClock(offsetMs: number): void {
    this.#clockOffsetMs = offsetMs
    this.#tell({ type: 'clock', offsetMs })
  }

  arm(point: string, action: Action, { withinMs, fits }: ArmOptions): Promise<Facts | undefined> {
    const id = ++lastId
    const armed = { id, point, fits, ...toMessage(action) }
    return new Promise((resolve) => {
      const settle = (facts: Facts | undefined) => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        resolve(facts)
      }
      const timer = setTimeout(() => {
        if (action.action === 'kill') this.#lateKills.add(id)
        this.#tell({ type: 'disarm', id })
        settle(undefined)
      }, withinMs)
      const reached = (facts: Facts) => {
        clearTimeout(timer)
        if (action.action === 'kill') {
          return void this.#whenKilled().then((isKilled) => settle(isKilled ? facts : undefined))
        }
        if (action.action === 'hold_until') void this.#letGoAfter(action.until(facts), id)
        settle(facts)
      }
      this.#waiting.set(id, { armed, reached })
      this.#tell({ type: 'arm', armed })
    })
  }

  async #letGoAfter(until: Promise<void>, id: number): Promise<void> {
    // What went wrong is for whoever armed it to notice; the service must not be held for it.
    await until.catch(() => {})
    this.#tell({ type: 'go', id })
  }

  #hear(message: FromService): void {
    if (message.type === 'reached') {
      this.#waiting.get(message.id)?.reached(message.facts)
      if (this.#lateKills.delete(message.id)) void this.#whenKilled()
      return
    }
    for (const [point, count] of Object.entries(message.counts)) {
      this.counts[point] = (this.counts[point] ?? 0) + count
    }
  }

  #tell(message: ToService): void {
    // A process that has just died hears nothing; its next life is told at its start.
    if (this.#child?.connected) this.#child.send(message, () => {})
  }
}

function toMessage(action: Action): PointAction {
  if (action.action !== 'hold_until') return action
  return { action: 'hold_until', mostMs: action.mostMs }
}
