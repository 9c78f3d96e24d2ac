import { useLocation } from '@tanstack/react-router'

/** What was just done, told on the page one was led to. */
export function Notice() {
  const notice = useLocation({ select: ({ state }) => state.notice })
  return (
    <div role="status">
      {notice && <p className="mt-5 rounded-control bg-accent-soft px-4 py-3 text-accent">{notice}</p>}
    </div>
  )
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    notice?: string
  }
}
