import { addSamples, type Progress } from './add-samples.ts'
import { sampleCount } from './sample-count.ts'

/** Adding the samples: going on, or ended by an error that says what was wrong. Null before and after. */
export type SampleRun = (Progress & { error?: unknown }) | null

let run: SampleRun = null
const listeners = new Set<() => void>()

/** The run of this tab, which goes on while one looks at other pages. */
export const sampleRun = {
  read: () => run,
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  },
}

/** Adds what is missing and then calls `refresh`, whatever came of it. True once all samples are there. */
export async function runSamples(refresh: () => Promise<void>): Promise<boolean> {
  if (run && !('error' in run)) return false
  let progress: Progress = { done: run?.done ?? 0, total: run?.total ?? sampleCount }
  const tell = (next: Progress) => {
    progress = next
    become(next)
  }
  tell(progress)
  window.addEventListener('beforeunload', askBeforeLeaving)
  try {
    await oneTabAtATime(() => addSamples(tell))
    await refresh()
    become(null)
    return true
  } catch (error) {
    await refresh()
    become({ ...progress, error })
    return false
  } finally {
    window.removeEventListener('beforeunload', askBeforeLeaving)
  }
}

/** Forgets a run that failed; what it added stays. */
export function leaveSamples(): void {
  become(null)
}

function become(next: SampleRun): void {
  run = next
  for (const listener of listeners) listener()
}

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault()
}

/** A second tab waits and then finds everything there. Browsers have no locks on plain http beyond this machine. */
function oneTabAtATime<T>(work: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request('tallyshop-samples', work) : work()
}
