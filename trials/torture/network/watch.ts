import type { Random } from '../random.ts'
import { type LinkFault, mayMeet } from './faults.ts'

/** By the bytes of a request, as latin1; `skip`: the n-th exchange on the same connection after the one that matched. */
export type Match = { request?: RegExp; skip?: number }

export type Weather = { rate: number; faults: LinkFault[]; match?: Match }

export type Wish = { match?: Match; withinMs: number; signal?: AbortSignal }

/** A fault that one exchange undergoes. */
export type Encounter = {
  fault: LinkFault
  /** It did what it is for. */
  met: () => void
  /** The exchange is through with it, whether it was met or not. */
  over: () => void
}

/** Looks at a whole request and says what it meets. */
export type Observe = (request: Buffer) => Encounter | undefined

type Armed = {
  fault: LinkFault
  match: Match
  /** An exchange is undergoing it. */
  isTried: boolean
  isMet: boolean
  isLate: boolean
  settle: (met: boolean) => void
}

/** A request's text is searched so far; what comes after it is the body of an upload. */
const searchedBytes = 64 * 1024

/** Chooses which exchange of a link meets which fault. */
export class Watch {
  readonly counts: Record<string, number> = {}
  readonly #random: Random
  readonly #http: boolean
  #weather: Weather | undefined
  #armed: Armed[] = []

  constructor(random: Random, http: boolean) {
    this.#random = random
    this.#http = http
  }

  setWeather(weather: Weather | undefined): void {
    this.#weather = weather
  }

  once(fault: LinkFault, { match = {}, withinMs, signal }: Wish): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (met: boolean) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', expire)
        this.#armed = this.#armed.filter((other) => other !== armed)
        resolve(met)
      }
      const armed: Armed = { fault, match, isTried: false, isMet: false, isLate: false, settle }
      const expire = () => {
        armed.isLate = true
        if (!armed.isTried) settle(false)
      }
      const timer = setTimeout(expire, withinMs)
      signal?.addEventListener('abort', expire)
      this.#armed.push(armed)
      if (signal?.aborted) expire()
    })
  }

  /** Nothing is met any more. */
  close(): void {
    this.#weather = undefined
    for (const armed of this.#armed) {
      armed.isLate = true
      if (!armed.isTried) armed.settle(false)
    }
  }

  /**
   * For one connection: called when an exchange begins, it returns what has to see the whole request, or undefined where
   * nobody asks, which costs nothing.
   */
  follow(): () => Observe | undefined {
    let exchange = 0
    const due = new WeakMap<object, Set<number>>()
    return () => {
      exchange += 1
      const weather = this.#weather
      const strikes = weather !== undefined && this.#random.chance(weather.rate)
      if (this.#armed.length === 0 && !strikes && !weather?.match?.skip) return undefined
      const number = exchange
      return (request) => {
        const text = request.toString('latin1', 0, searchedBytes)
        const isDue = (watcher: { match?: Match }) => fits(watcher, text, number, due)
        // All of them look, so that none misses what it counts from.
        const [armed] = this.#armed.filter(
          (one) => isDue(one) && !one.isTried && mayMeet(one.fault, text, this.#http),
        )
        const isStruck = weather !== undefined && isDue(weather) && strikes
        if (armed) return this.#undergo(armed)
        return isStruck ? this.#strike(weather, text) : undefined
      }
    }
  }

  #undergo(armed: Armed): Encounter {
    armed.isTried = true
    const { fault } = armed
    return {
      fault,
      met: () => {
        armed.isMet = true
        this.#count(fault)
        armed.settle(true)
      },
      over: () => {
        armed.isTried = false
        if (!armed.isMet && armed.isLate) armed.settle(false)
      },
    }
  }

  #strike({ faults }: Weather, text: string): Encounter | undefined {
    const possible = faults.filter((fault) => mayMeet(fault, text, this.#http))
    if (possible.length === 0) return undefined
    const fault = this.#random.pick(possible)
    return { fault, met: () => this.#count(fault), over: () => {} }
  }

  #count({ kind }: LinkFault): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
  }
}

function fits(
  watcher: { match?: Match },
  text: string,
  exchange: number,
  due: WeakMap<object, Set<number>>,
): boolean {
  const { request, skip = 0 } = watcher.match ?? {}
  const matches = request === undefined || text.search(request) !== -1
  if (skip === 0) return matches
  const numbers = due.get(watcher) ?? new Set()
  due.set(watcher, numbers)
  if (matches) numbers.add(exchange + skip)
  return numbers.delete(exchange)
}
