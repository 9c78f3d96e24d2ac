import type { FormEvent } from 'react'
import { Spinner } from '../../ui/button.tsx'
import { CheckIcon, CloseIcon } from '../../ui/icons.tsx'

type Props = {
  label: string
  prefix: string | undefined
  text: string
  fault: string | null
  busy: boolean
  onText: (text: string) => void
  onSubmit: (event: FormEvent) => void
  onCancel: () => void
}

/** The small form in place of a number: Enter saves, Escape leaves it. */
export function InlineEditor({ label, prefix, text, fault, busy, onText, onSubmit, onCancel }: Props) {
  return (
    <form
      noValidate
      onSubmit={(event) => (busy ? event.preventDefault() : onSubmit(event))}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
      className="min-w-0 max-md:col-span-2 max-md:py-1 md:justify-self-end"
    >
      <div className="flex w-full min-w-0 items-center rounded-control border border-edge bg-surface focus-within:border-accent focus-within:ring-1 focus-within:ring-accent max-md:max-w-60 md:w-44">
        {prefix && <span className="figures pl-2.5 text-muted">{prefix}</span>}
        <input
          // biome-ignore lint/a11y/noAutofocus: the press that opened this asked for it
          autoFocus
          aria-label={label}
          aria-invalid={fault ? true : undefined}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          onFocus={(event) => event.target.select()}
          onChange={(event) => onText(event.target.value)}
          className="figures min-h-10 w-full min-w-0 bg-transparent px-2 text-base outline-none"
        />
        <button type="submit" aria-label={`Save ${label}`} className={smallClass}>
          {busy ? <Spinner /> : <CheckIcon className="size-4" />}
        </button>
        <button type="button" aria-label="Leave it as it is" className={smallClass} onClick={onCancel}>
          <CloseIcon className="size-4" />
        </button>
      </div>
      <p role="alert" className="mt-1.5 text-danger text-sm empty:hidden md:w-44">
        {fault}
      </p>
    </form>
  )
}

const smallClass = 'grid size-9 shrink-0 place-items-center rounded-control hover:bg-ground'
