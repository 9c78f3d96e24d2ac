import { useSyncExternalStore } from 'react'

let words = ''
const listeners = new Set<() => void>()

/** Says a sentence to screen readers, politely; the same sentence twice is said twice. */
export function announce(sentence: string): void {
  words = sentence === words ? `${sentence}\u00a0` : sentence
  for (const listener of listeners) listener()
}

/** The place from which `announce` speaks; once on every page. */
export function Announcer() {
  const text = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => words,
  )
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {text}
    </div>
  )
}
