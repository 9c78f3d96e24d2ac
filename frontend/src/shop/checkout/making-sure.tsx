import { Button, Spinner } from '../../ui/button.tsx'
import { Message } from '../../ui/failure.tsx'
import type { Placement } from './placement.ts'

/** While nobody can say yet whether the order exists: asks on by itself, and in the end lets one ask. */
export function MakingSure({ phase, onAskAgain }: { phase: Placement['phase']; onAskAgain: () => void }) {
  if (phase === 'placed') return <Message title="Your order is placed" text="Opening it…" />
  if (phase === 'unsure') {
    return (
      <Message
        title="We could not make sure yet"
        text="The shop did not answer, so your order may or may not have arrived. Asking again never orders twice; you can also come back later, this page remembers."
      >
        <Button kind="primary" onClick={onAskAgain}>
          Ask again
        </Button>
      </Message>
    )
  }
  return (
    <Message
      title="We are making sure of your order"
      text="The shop has not answered clearly yet. We keep asking about this one order; nothing is ordered twice, even if you reload."
    >
      <span className="text-accent">
        <Spinner />
      </span>
    </Message>
  )
}
