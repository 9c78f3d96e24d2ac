import { useRef } from 'react'

/** For a dialog that is opened by state: gives the focus back to what had it, or to the page where that is gone. */
export function useReturnFocus() {
  const before = useRef<Element | null>(null)
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault()
      const back = before.current?.isConnected ? before.current : document.getElementById('main')
      if (back instanceof HTMLElement) back.focus({ preventScroll: true })
    },
  }
}
