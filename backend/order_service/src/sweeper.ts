import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@tallyshop/service-kit/logger'
import type { Sweep } from './domain/settle-placements.ts'

const restMs = 1_000

/** Runs `sweep` every second, and at once again while there is more, and logs what failed. `stop` waits for a pass. */
export function startSweeper(sweep: () => Promise<Sweep>, log: Logger): { stop: () => Promise<void> } {
  const stopped = new AbortController()
  const running = (async () => {
    while (!stopped.signal.aborted) {
      const { more, failures } = await sweep().catch((error) => ({ more: false, failures: [error] }))
      for (const err of failures) log.warn({ err }, 'not settled yet; it is tried again')
      if (!more) await sleep(restMs, undefined, { signal: stopped.signal }).catch(() => {})
    }
  })()
  return {
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}
