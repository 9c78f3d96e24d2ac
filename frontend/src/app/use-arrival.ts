import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { announce } from '../ui/announce.tsx'

/** On a new page: moves the focus to its beginning and says its title; a changed search or hash is no new page. */
export function useArrival() {
  const main = useRef<HTMLElement>(null)
  const path = useLocation({ select: ({ pathname }) => pathname })
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current === path) return
    const within = path.startsWith('/staff/orders') && shown.current.startsWith('/staff/orders')
    shown.current = path
    // An order opening beside its list leaves the focus where it is.
    if (!within) main.current?.focus({ preventScroll: true })
    const timer = setTimeout(() => announce(document.title), 400)
    return () => clearTimeout(timer)
  }, [path])
  return main
}
