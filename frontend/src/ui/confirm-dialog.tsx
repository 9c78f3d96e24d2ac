import { AlertDialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { useReturnFocus } from './use-return-focus.ts'

type Props = {
  open: boolean
  title: string
  text: ReactNode
  confirm: string
  keep: string
  busy: boolean
  error: string | null
  onConfirm: () => void
  onClose: () => void
}

/** Asks before something that cannot be undone; stays open and says so where it failed. */
export function ConfirmDialog({ open, title, text, confirm, keep, busy, error, onConfirm, onClose }: Props) {
  const focus = useReturnFocus()
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && !busy && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-30 animate-[fade-in_160ms_ease-out] bg-veil" />
        <AlertDialog.Content
          {...focus}
          className="fixed inset-x-4 bottom-4 z-40 mx-auto max-w-md animate-[rise-in_180ms_ease-out] rounded-picture bg-surface p-6 shadow-float sm:top-1/3 sm:bottom-auto"
        >
          <AlertDialog.Title className="display text-2xl">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-3 text-muted">{text}</AlertDialog.Description>
          <p role="alert" className="mt-3 text-danger empty:hidden">
            {error}
          </p>
          <div className="mt-6 flex flex-wrap justify-end gap-3">
            <AlertDialog.Cancel asChild>
              <Button disabled={busy}>{keep}</Button>
            </AlertDialog.Cancel>
            <Button kind="final" busy={busy} onClick={onConfirm}>
              {confirm}
            </Button>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
