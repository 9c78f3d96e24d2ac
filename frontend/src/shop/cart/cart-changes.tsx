import type { Ref } from 'react'
import { Button } from '../../ui/button.tsx'
import { countWords, sentence } from '../../words.ts'

type Props = { changed: number; onAccept: () => void; ref?: Ref<HTMLDivElement> }

/** Says that lines changed since they were put into the cart, and accepts them all: new prices, what is left, without what is gone. */
export function CartChanges({ changed, onAccept, ref }: Props) {
  return (
    <div ref={ref} role="status" tabIndex={-1} className="rounded-control">
      {changed > 0 && (
        <div className="mt-4 flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-control border border-warn/40 bg-surface px-4 py-3">
          <p className="text-sm">
            {sentence(countWords(changed, 'line'))} changed since you filled your cart. Have a look, then go
            on.
          </p>
          <Button size="small" onClick={onAccept}>
            Accept {changed === 1 ? 'the change' : 'the changes'}
          </Button>
        </div>
      )}
    </div>
  )
}
