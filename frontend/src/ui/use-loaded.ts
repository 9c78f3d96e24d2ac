import { useState } from 'react'

/**
 * Something whose code comes with the first interest in it: `loaded` is null until then, `load` brings it (and rejects where it
 * cannot be brought), `preload` brings it early and quietly.
 */
export function useLoaded<T>(bring: () => Promise<T>) {
  const [loaded, setLoaded] = useState<{ value: T } | null>(null)
  const load = async () => {
    const value = await bring()
    setLoaded({ value })
  }
  return { loaded: loaded?.value ?? null, load, preload: () => void bring().catch(() => {}) }
}
