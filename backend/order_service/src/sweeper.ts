import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@tallyshop/service-kit/logger'

const restMs = 1_000

/** Runs `sweep` every second, and at once again while it says that there is more. `stop` waits for the pass under way. */
export function startSweeper(sweep: () => Promise<number>, log: Logger): { stop: () => Promise<void> } {
  const stopped = new AbortController()
  const running = (async () => {
    while (!stopped.signal.aborted) {
      const more = await sweep().catch((err) => {
        log.warn({ err }, 'sweep failed; it is tried again')
        return 0
      })
      if (more === 0) await sleep(restMs, undefined, { signal: stopped.signal }).catch(() => {})
    }
  })()
  return {
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}
