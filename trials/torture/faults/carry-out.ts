import { setTimeout as sleep } from 'node:timers/promises'
import type { History } from '../history.ts'
import type { Step } from '../plan.ts'
import type { Random } from '../random.ts'
import type { TrialShop } from '../shop/shop.ts'
import { badNetwork, linkDown, sickBlobs } from './network.ts'
import {
  endBackends,
  fillDisk,
  jumpClock,
  killBackend,
  killDatabase,
  killService,
  pause,
} from './processes.ts'
import { rollingRestart } from './rolling-restart.ts'
import { hitWindow } from './windows.ts'

/** What faults work with. */
export type Site = { shop: TrialShop; history: History; random: Random; signal: AbortSignal }

const kinds: { [Fault in Step['fault']]: (step: Step & { fault: Fault }, site: Site) => Promise<void> } = {
  'kill service': killService,
  'kill postgres': killDatabase,
  'kill backend': killBackend,
  'end backends': endBackends,
  pause,
  'bad network': badNetwork,
  'link down': linkDown,
  window: hitWindow,
  clock: jumpClock,
  'disk full': fillDisk,
  'blobs dead': sickBlobs,
  'blobs slow': sickBlobs,
  'blobs failing': sickBlobs,
  'rolling restart': rollingRestart,
}

type Fault = (step: Step, site: Site) => Promise<void>

/** How long a fault waits until what it is meant for has recovered from another. */
const patienceMs = 5_000

/**
 * Does what the plan says when it says so, one fault at a time on each part of the shop; what comes too late is left out.
 * A rolling restart has the shop for itself. Resolves when the last fault is over.
 */
export async function carryOut(plan: Step[], site: Site): Promise<void> {
  const under = new Map<string, Promise<void>>()
  for (const step of plan) {
    await sleep(Math.max(0, step.at - site.history.now()), undefined, { signal: site.signal }).catch(() => {})
    if (site.signal.aborted) break
    if (step.fault === 'rolling restart') {
      await Promise.all(under.values())
      await carryOutOne(step, site)
      continue
    }
    // A clock that is off stands in nobody's way.
    const part = step.fault === 'clock' ? `clock of ${step.on}` : step.on
    const busy = under.get(part)
    if (busy && !(await isOverSoon(busy))) continue
    const work = carryOutOne(step, site).finally(() => under.delete(part))
    under.set(part, work)
  }
  await Promise.all(under.values())
}

async function carryOutOne(step: Step, site: Site): Promise<void> {
  const { fault, on } = step
  const name = step.fault === 'window' ? step.window : fault
  site.history.record({ type: 'fault', fault: name, on, phase: 'begin' })
  try {
    await (kinds as unknown as Record<string, Fault>)[fault]?.(step, site)
  } catch (error) {
    // A trial that cannot do what it claims must say so.
    site.history.record({
      type: 'finding',
      check: 'trial',
      detail: `${name} on ${on} could not be done: ${error}`,
    })
  } finally {
    site.history.record({ type: 'fault', fault: name, on, phase: 'end' })
  }
}

function isOverSoon(work: Promise<void>): Promise<boolean> {
  return Promise.race([work.then(() => true), sleep(patienceMs, false)])
}
