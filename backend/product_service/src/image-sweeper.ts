import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@tallyshop/service-kit/logger'
import { type Loop, startLoop } from '@tallyshop/service-kit/loop'
import type { Sql } from '@tallyshop/service-kit/postgres'
import { newSweep, type Sweep, type SweptStorage, sweepImages } from './domain/sweep-images.ts'
import { claimSweep, endSweep, findNaming, type SweepClaim } from './postgres/image-sweep.ts'

/** All in milliseconds. A lease outlives the longest pass, so that only a killed process leaves one to run out. */
export const usualTiming = {
  minAgeMs: 3_600_000,
  restMs: 600_000,
  pollMs: 60_000,
  longestPassMs: 600_000,
  leaseMs: 900_000,
}

/**
 * Removes pictures that no product names, every ten minutes, in one replica at a time. Each pass is a line of the log and
 * noted in the database; what fails is tried again by the next. `stop` breaks a pass off, and the next goes on there.
 */
export function startImageSweeper(sql: Sql, storage: SweptStorage, log: Logger, timing = usualTiming): Loop {
  return startLoop(async (stopping) => {
    await sweepWhenDue(sql, storage, log, stopping, timing).catch((err) =>
      log.warn({ err }, 'no pictures were swept; it is tried again'),
    )
    return timing.pollMs
  })
}

async function sweepWhenDue(
  sql: Sql,
  storage: SweptStorage,
  log: Logger,
  stopping: AbortSignal,
  timing: typeof usualTiming,
): Promise<void> {
  const holder = randomUUID()
  const claim = await claimSweep(sql, holder, timing.leaseMs)
  if (!claim) return
  const beganAt = performance.now()
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(timing.longestPassMs)])
  const rows = { findNaming: (stems: string[]) => findNaming(sql, stems) }
  const sweeping = sweepImages(storage, rows, { ...claim, minAgeMs: timing.minAgeMs, signal })
  const { report: counts, resumeFrom, failure } = await Promise.race([sweeping, leftAlone(claim, signal)])
  const report = { ...counts, ms: Math.round(performance.now() - beganAt) }
  const restMs = signal.aborted ? 0 : timing.restMs
  await endSweep(sql, holder, { report, resumeFrom, restMs })
  if (failure) log.warn({ ...report, err: failure }, 'not all pictures were swept; it is tried again')
  else log.info(report, signal.aborted ? 'sweep of pictures broken off' : 'pictures swept')
}

/** Some ways to a token cannot be broken off: what has not ended a second after the signal is not waited for. */
async function leftAlone({ resumeFrom }: SweepClaim, signal: AbortSignal): Promise<Sweep> {
  if (!signal.aborted) await once(signal, 'abort')
  await sleep(1_000)
  return newSweep(resumeFrom)
}
