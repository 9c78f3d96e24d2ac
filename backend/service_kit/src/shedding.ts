import type { App } from './http-server.ts'
import { Problem, sendProblem } from './problems.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Refused with 503 `overloaded` as soon as there is too much to do, so that the rest gets done. */
    shedFirst?: boolean
  }
  interface FastifyInstance {
    /** True where so much waits already that a request of this kind would only make it more. */
    isOverloaded: (kind: 'first' | 'last') => boolean
  }
}

/** For how many milliseconds those have waited who are first in line for what requests of either kind need. */
export type Waiting = Record<'first' | 'last', { waitingMs: () => number }>

export const overloaded = new Problem(
  503,
  'overloaded',
  'There is too much to do at the moment. Please try again.',
  { headers: { 'retry-after': '1' } },
)

/** By time and not by number: many who are served quickly are no overload. */
const patienceMs = { first: 1_000, last: 5_000 }
const tellEveryMs = 10_000

/** Refuses what is declared `shedFirst` while others wait too long: for a connection, or for this process to get round to them. */
export function shedLoad(app: App, waiting: Waiting | undefined): void {
  const loop = watchLoop()
  app.addHook('onClose', async () => loop.stop())
  app.decorate('isOverloaded', (kind) => {
    const waitedMs = Math.max(loop.lagMs(), waiting?.[kind].waitingMs() ?? 0)
    return waitedMs > patienceMs[kind]
  })
  let toldAt = -Infinity
  app.addHook('onRequest', async ({ routeOptions, log }, reply) => {
    if (!routeOptions.config.shedFirst || !app.isOverloaded('first')) return
    if (performance.now() - toldAt > tellEveryMs) log.warn('overloaded: reading is refused')
    toldAt = performance.now()
    return sendProblem(reply, overloaded)
  })
}

const sampleMs = 200

/**
 * How late this process is with what is due, in milliseconds. The better of the last two samples: a process that stood still
 * once and goes on has nothing in its way.
 */
function watchLoop(): { lagMs: () => number; stop: () => void } {
  let lags: [number, number] = [0, 0]
  let dueAt = performance.now() + sampleMs
  const timer = setInterval(() => {
    const now = performance.now()
    lags = [lags[1], now - dueAt]
    dueAt = now + sampleMs
  }, sampleMs).unref()
  return { lagMs: () => Math.min(...lags), stop: () => clearInterval(timer) }
}
