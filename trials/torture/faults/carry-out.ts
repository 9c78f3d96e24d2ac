import { setTimeout as sleep } from 'node:timers/promises'
import type { History } from '../history.ts'
import type { Step } from '../plan.ts'
import type { Random } from '../random.ts'
import type { TrialShop } from '../shop/shop.ts'
import { wait } from '../wait.ts'
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

const kinds: { [Fault in Step['fault']]: (step: Step & { fault: Fault }, site: Site) => Promise<boolean> } = {
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

type Fault = (step: Step, site: Site) => Promise<boolean>

/** How long a fault waits until what it is meant for has recovered from another. */
const patienceMs = 5_000
/** Long enough for the longest weather to pass. */
const weatherPatienceMs = 20_000

/**
 * Does what the plan says when it says so, one fault at a time on each part of the shop; what comes too late is left out.
 * A rolling restart has the shop for itself. Resolves when the last fault is over.
 */
export async function carryOut(plan: Step[], site: Site): Promise<void> {
  const under = new Map<string, Promise<unknown>>()
  for (const step of plan) {
    await wait(Math.max(0, step.at - site.history.now()), site.signal)
    if (site.signal.aborted) break
    if (step.fault === 'rolling restart') {
      await Promise.all(under.values())
      await carryOutOne(step, site)
      continue
    }
    const part = partOf(step)
    const before = under.get(part)
    const work =
      before === undefined
        ? carryOutOne(step, site)
        : Promise.all([before, carryOutAfter(before, step, site)])
    under.set(part, work)
  }
  await Promise.all(under.values())
}

const weather = 'weather'

/** What no two faults may be done to at once. */
function partOf(step: Step): string {
  const { fault, on } = step
  // A clock that is off stands in nobody's way.
  if (fault === 'clock') return `clock of ${on}`
  // Links have one weather at a time: who ends it ends that of others too.
  if (['bad network', 'blobs slow', 'blobs failing'].includes(fault)) return weather
  if (fault === 'window' && step.window === 'abandon meets a late PUT') return weather
  return on
}

async function carryOutAfter(before: Promise<unknown>, step: Step, site: Site): Promise<void> {
  const ms = partOf(step) === weather ? weatherPatienceMs : patienceMs
  const isFree = await Promise.race([before.then(() => true), sleep(ms, false, { ref: false })])
  if (site.signal.aborted) return
  if (isFree) return carryOutOne(step, site)
  site.history.record({ type: 'fault', fault: nameOf(step), on: step.on, phase: 'end', detail: 'left out' })
}

async function carryOutOne(step: Step, site: Site): Promise<void> {
  const { on } = step
  const fault = nameOf(step)
  site.history.record({ type: 'fault', fault, on, phase: 'begin' })
  const detail = await tryToDo(step, site)
  site.history.record({ type: 'fault', fault, on, phase: 'end', ...(detail && { detail }) })
}

/** Says that it was not done, where it was not. */
async function tryToDo(step: Step, site: Site): Promise<string | undefined> {
  try {
    if (await (kinds as unknown as Record<string, Fault>)[step.fault]?.(step, site)) return undefined
    return step.fault === 'disk full' ? 'not done: it needs the right to mount' : 'not done'
  } catch (error) {
    // A trial that cannot do what it claims must say so.
    const detail = `${nameOf(step)} on ${step.on} could not be done: ${error}`
    site.history.record({ type: 'finding', check: 'trial', detail })
    return 'not done'
  }
}

function nameOf(step: Step): string {
  return step.fault === 'window' ? step.window : step.fault
}
