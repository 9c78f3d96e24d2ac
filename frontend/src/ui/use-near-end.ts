import { useEffect, useRef } from 'react'

/** Calls `onNear` whenever the element of the returned ref is within a screen of being seen, while `active`. */
export function useNearEnd(onNear: () => void, active: boolean) {
  const end = useRef<HTMLDivElement>(null)
  const latest = useRef(onNear)
  latest.current = onNear
  useEffect(() => {
    if (!active || !end.current) return
    const watch = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), {
      rootMargin: '0px 0px 600px 0px',
    })
    watch.observe(end.current)
    return () => watch.disconnect()
  }, [active])
  return end
}
