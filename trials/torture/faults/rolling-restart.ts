import { setTimeout as sleep } from 'node:timers/promises'
import type { Site } from './carry-out.ts'

/** Longer than an order that an earlier fault left open takes until it is settled, and an edge until it knows who is back. */
const calmMs = 1_500

/**
 * Restarts all services by SIGTERM, one after the other, under load, as an upgrade does. No request that begins meanwhile
 * may fail: the checker looks at what lies between the two ends of this fault. False where the trial ended before all were.
 */
export async function rollingRestart(_step: unknown, { shop, history, signal }: Site): Promise<boolean> {
  await shop.untilServing()
  await sleep(calmMs)
  history.record({ type: 'fault', fault: 'rolling', on: 'all services', phase: 'begin' })
  let restarted = 0
  for (const service of shop.services) {
    if (signal.aborted) break
    const { code } = await service.restart()
    if (code !== 0) {
      const detail = `${service.name} ended with ${code} on SIGTERM`
      history.record({ type: 'finding', check: 'rolling restart', detail })
    }
    await shop.untilServing()
    restarted += 1
  }
  history.record({ type: 'fault', fault: 'rolling', on: 'all services', phase: 'end' })
  return restarted === shop.services.length
}
