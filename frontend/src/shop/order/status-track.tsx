import { type Status, statusWord, track } from '../../order-status.ts'
import { classNames } from '../../ui/class-names.ts'
import { CheckIcon } from '../../ui/icons.tsx'

/** How far the order has come, as a short road. */
export function StatusTrack({ status }: { status: Status }) {
  if (status === 'cancelled') {
    return (
      <p className="mt-8 rounded-control bg-ground px-4 py-3.5">
        <strong className="font-medium">Cancelled.</strong>{' '}
        <span className="text-muted">Nothing will be sent; the goods are back on the shelf.</span>
      </p>
    )
  }
  const here = track.indexOf(status)
  return (
    <ol aria-label="Progress of this order" className="mt-8 grid max-w-2xl grid-cols-4">
      {track.map((step, index) => (
        <li key={step} aria-current={index === here ? 'step' : undefined} className="relative">
          {index > 0 && (
            <span
              className={classNames(
                'absolute top-3 right-[calc(100%-0.125rem)] h-0.5 w-[calc(100%-1.75rem)]',
                index <= here ? 'bg-accent' : 'bg-line',
              )}
            />
          )}
          <span
            className={classNames(
              'grid size-6.5 place-items-center rounded-full border-2',
              index <= here
                ? 'border-accent bg-accent text-on-accent'
                : 'border-line bg-paper text-transparent',
            )}
          >
            <CheckIcon className="size-4" />
          </span>
          <span
            className={classNames(
              'mt-2 block text-[0.8125rem] sm:text-sm',
              index === here ? 'font-medium' : 'text-muted',
            )}
          >
            {statusWord(step)}
            <span className="sr-only">
              {index < here ? ' (done)' : index === here ? ' (now)' : ' (still to come)'}
            </span>
          </span>
        </li>
      ))}
    </ol>
  )
}
