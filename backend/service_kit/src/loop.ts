import { setTimeout as sleep } from 'node:timers/promises'

export type Loop = { stop: () => Promise<void> }

/**
 * Runs `work` over and over until `stop`, which waits for what runs and lets it know. `work` says how many milliseconds to
 * rest afterwards, and does not throw. A rest keeps no process alive.
 */
export function startLoop(work: (stopping: AbortSignal) => Promise<number>): Loop {
  const stopping = new AbortController()
  const { signal } = stopping
  const running = (async () => {
    while (!signal.aborted) {
      const restMs = await work(signal)
      if (restMs > 0) await sleep(restMs, undefined, { signal, ref: false }).catch(() => {})
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** Between half of `ms` and all of it, so that those who failed together do not come back together. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2)
}
