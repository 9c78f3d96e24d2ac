import { waitOfFirst } from './line.ts'
import type { Sql, Transaction } from './postgres.ts'
import { overloaded } from './shedding.ts'

/** Statements by template, each on a connection and on its own; `waitingMs` is for how long the first in line has waited. */
export type Lane = Transaction & { waitingMs: () => number }

const longestWaitMs = 5_000

/**
 * Lets statements take at most `most` connections of a pool at a time, so that the others are left to work that matters
 * more. Whoever waits in line for longer than 5 s is refused with a Problem.
 */
export function openLane(sql: Sql, most: number): Lane {
  const line = new Set<{ since: number; admit: () => void }>()
  let free = most

  async function enter(): Promise<void> {
    if (free > 0) {
      free -= 1
      return
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        line.delete(waiting)
        reject(overloaded)
      }, longestWaitMs)
      const admit = () => {
        clearTimeout(timer)
        line.delete(waiting)
        resolve()
      }
      const waiting = { since: performance.now(), admit }
      line.add(waiting)
    })
  }

  /** The place goes to the first in line, or is free. */
  function leave(): void {
    const [next] = line
    if (next) next.admit()
    else free += 1
  }

  const run: Transaction = async (strings, ...values) => {
    await enter()
    try {
      return await sql(strings, ...values)
    } finally {
      leave()
    }
  }
  return Object.assign(run, { waitingMs: () => Math.max(sql.waitingMs(), waitOfFirst(line)) })
}
