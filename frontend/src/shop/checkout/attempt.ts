import { useSyncExternalStore } from 'react'
import { createStored } from '../stored.ts'
import { parseAttempt } from './placement.ts'

/** The order that was sent and has no final answer yet, the same in every tab. */
export const attempt = createStored('tallyshop.placement', parseAttempt)

/** Whether an order of this browser waits for its final answer. */
export function useOpenAttempt(): boolean {
  return useSyncExternalStore(attempt.subscribe, attempt.read) !== null
}

/** A new UUID, also where the page is not served over https. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
