import { type Status, statusWord } from '../order-status.ts'
import { classNames } from './class-names.ts'

const tones: Record<Status, string> = {
  pending: 'bg-warn-soft text-warn',
  processing: 'bg-accent-soft text-accent',
  shipped: 'bg-accent-soft text-accent',
  delivered: 'bg-ground text-muted',
  cancelled: 'bg-ground text-muted line-through',
}

/** Where an order stands, in a word. */
export function StatusBadge({ status }: { status: Status }) {
  return (
    <span className={classNames('rounded-full px-2.5 py-0.5 font-medium text-[0.8125rem]', tones[status])}>
      {statusWord(status)}
    </span>
  )
}
