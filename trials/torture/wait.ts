import { setTimeout as sleep } from 'node:timers/promises'

/** False where the signal came first. */
export async function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false)
}
