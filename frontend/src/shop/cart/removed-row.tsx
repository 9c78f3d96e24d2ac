import { useEffect, useRef } from 'react'

/** Where a line was: one press brings it back. Takes the focus, which stood on the button that went away. */
export function RemovedRow({ name, onUndo }: { name: string; onUndo: () => void }) {
  const undo = useRef<HTMLButtonElement>(null)
  useEffect(() => undo.current?.focus(), [])
  return (
    <div className="flex min-h-14 items-center justify-between gap-4 py-2 text-muted text-sm">
      <span className="min-w-0 truncate">{name} removed</span>
      <button
        ref={undo}
        type="button"
        aria-label={`Undo: put ${name} back`}
        className="min-h-11 rounded-control px-3 font-medium text-accent underline underline-offset-4"
        onClick={onUndo}
      >
        Undo
      </button>
    </div>
  )
}
