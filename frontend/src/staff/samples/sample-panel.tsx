import { useEffect, useRef } from 'react'
import { failureWords } from '../../api/problem.ts'
import { Button } from '../../ui/button.tsx'
import { Message } from '../../ui/failure.tsx'
import { formatCount } from '../../words.ts'
import type { SampleRun } from './sample-run.ts'

type Props = { run: NonNullable<SampleRun>; onAgain: () => void; onLeave: () => void }

/** How far the samples are; after a failure why, with a way to go on and one to leave it at that. */
export function SamplePanel({ run, onAgain, onLeave }: Props) {
  const panel = useRef<HTMLElement>(null)
  const failed = 'error' in run
  // biome-ignore lint/correctness/useExhaustiveDependencies: a failure, and going on after it, replaces the buttons
  useEffect(() => takeLostFocus(panel.current), [failed])
  useEffect(() => () => takeLostFocus(document.getElementById('main')), [])
  return (
    <section ref={panel} tabIndex={-1} aria-label="Sample products" className="outline-none">
      {failed ? (
        <Message
          role="alert"
          title="Not all sample products could be added"
          text={`${formatCount(run.done)} of ${formatCount(run.total)} are there. ${failureWords(run.error)}`}
        >
          <Button kind="primary" onClick={onAgain}>
            Add the others
          </Button>
          <Button kind="plain" onClick={onLeave}>
            Leave it at that
          </Button>
        </Message>
      ) : (
        <Message
          title="Filling the shelves…"
          text={`${formatCount(run.done)} of ${formatCount(run.total)} sample products`}
        >
          <Bar run={run} />
        </Message>
      )}
    </section>
  )
}

function Bar({ run: { done, total } }: Pick<Props, 'run'>) {
  return (
    <div
      role="progressbar"
      aria-label="Adding sample products"
      aria-valuenow={done}
      aria-valuemax={total}
      className="h-1.5 w-64 max-w-full overflow-hidden rounded-full bg-ground-strong"
    >
      <div className="h-full bg-accent transition-[width]" style={{ width: `${(100 * done) / total}%` }} />
    </div>
  )
}

/** Where the button that was pressed has gone, its place is taken by what came instead. */
function takeLostFocus(element: HTMLElement | null): void {
  if (document.activeElement === document.body) element?.focus({ preventScroll: true })
}
