import { useRef } from 'react'

/**
 * For a dialog that is opened by state: gives the focus back to what had it, or to the page where that is gone or the dialog led
 * to another page.
 */
export function useReturnFocus() {
  const before = useRef<{ element: Element | null; path: string } | null>(null)
  return {
    onOpenAutoFocus: () => {
      before.current = { element: document.activeElement, path: location.pathname }
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault()
      const { element = null, path } = before.current ?? {}
      const stays = path === location.pathname && element?.isConnected
      const target = stays ? element : document.getElementById('main')
      if (target instanceof HTMLElement) target.focus({ preventScroll: true })
    },
  }
}
