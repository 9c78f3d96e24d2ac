import { Link, useLocation } from '@tanstack/react-router'
import { useOpenAttempt } from './attempt.ts'

/** On every other page: an order was sent from here and its answer is still out. */
export function OpenAttemptNotice() {
  const open = useOpenAttempt()
  const path = useLocation({ select: ({ pathname }) => pathname })
  if (!open || path === '/checkout') return null
  return (
    <div role="status" className="bg-accent-soft">
      <p className="page py-2.5 text-center text-sm">
        An order of yours is not confirmed yet.{' '}
        <Link to="/checkout" className="font-medium text-accent underline underline-offset-4">
          Make sure of it
        </Link>
      </p>
    </div>
  )
}
