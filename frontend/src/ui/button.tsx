import type { ComponentProps, MouseEvent } from 'react'
import { classNames } from './class-names.ts'

export type ButtonKind = 'primary' | 'quiet' | 'plain' | 'danger' | 'final'

type Props = ComponentProps<'button'> & {
  kind?: ButtonKind
  size?: 'small' | 'normal' | 'large'
  busy?: boolean
}

/** A button; while `busy` it keeps its size and its focus, says so, and does nothing. */
export function Button({ kind = 'quiet', size, busy = false, className, children, onClick, ...rest }: Props) {
  const click = (event: MouseEvent<HTMLButtonElement>) => (busy ? event.preventDefault() : onClick?.(event))
  return (
    <button
      type="button"
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      className={classNames(buttonClass(kind, size), className)}
      onClick={click}
      {...rest}
    >
      {busy && <Spinner />}
      {children}
    </button>
  )
}

/** How a button looks, for links that act as one. */
export function buttonClass(kind: ButtonKind = 'quiet', size: Props['size'] = 'normal'): string {
  return classNames(base, sizes[size], kinds[kind])
}

/** A small turning ring; decoration, the words beside it say what is going on. */
export function Spinner() {
  return (
    <svg viewBox="0 0 16 16" className="size-4 animate-spin" aria-hidden="true" fill="none">
      <circle cx="8" cy="8" r="6.5" stroke="currentColor" strokeWidth="2" opacity="0.25" />
      <path d="M14.5 8A6.5 6.5 0 0 0 8 1.5" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}

const base =
  'inline-flex select-none items-center justify-center gap-2 whitespace-nowrap rounded-control font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-60 aria-disabled:cursor-progress'

const sizes = {
  small: 'min-h-9 px-3 text-sm',
  normal: 'min-h-11 px-4 text-[0.9375rem]',
  large: 'min-h-13 px-6 text-base',
}

const kinds: Record<ButtonKind, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  quiet: 'bg-ground text-ink hover:bg-ground-strong',
  plain: 'text-ink hover:bg-ground',
  danger: 'bg-danger-soft text-danger hover:text-danger-strong',
  final: 'bg-danger text-paper hover:bg-danger-strong',
}
