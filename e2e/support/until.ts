import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for something to become true, and fails telling what was waited for. */
export async function until(isSo: () => boolean | Promise<boolean>, withinMs: number, what: () => string) {
  for (const deadline = Date.now() + withinMs; !(await isSo()); await sleep(50)) {
    assert.ok(Date.now() < deadline, `not within ${withinMs} ms: ${what()}`)
  }
}
