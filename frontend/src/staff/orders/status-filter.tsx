import { Link } from '@tanstack/react-router'
import { type Status, statuses, statusWord } from '../../order-status.ts'
import { classNames } from '../../ui/class-names.ts'

/** Orders of one status or of all; kept in the address. */
export function StatusFilter({ current }: { current: Status | null }) {
  return (
    <nav aria-label="Filter by status" className="-mx-4 mt-5 flex gap-2 overflow-x-auto px-4 py-1">
      {[null, ...statuses].map((status) => (
        <Link
          key={status ?? 'all'}
          to="/staff/orders"
          search={status ? { status } : {}}
          aria-current={status === current ? 'true' : undefined}
          className={classNames(
            'inline-flex min-h-10 shrink-0 items-center rounded-full px-4 text-sm',
            status === current ? 'bg-ink font-medium text-paper' : 'bg-ground hover:bg-ground-strong',
          )}
        >
          {status ? statusWord(status) : 'All'}
        </Link>
      ))}
    </nav>
  )
}
