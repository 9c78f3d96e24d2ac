import type { Logger } from '@tallyshop/service-kit/logger'
import { jittered, type Loop, startLoop } from '@tallyshop/service-kit/loop'
import type { Sweep } from './domain/settle-placements.ts'

const restMs = 1_000

/** Runs `sweep` about every second, and at once again while there is more, and logs what failed. `stop` waits for a pass. */
export function startSweeper(sweep: () => Promise<Sweep>, log: Logger): Loop {
  return startLoop(async () => {
    const { more, failures } = await sweep().catch((error) => ({ more: false, failures: [error] }))
    for (const err of failures) log.warn({ err }, 'not settled yet; it is tried again')
    return more ? 0 : jittered(restMs)
  })
}
