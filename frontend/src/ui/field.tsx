import { type ComponentProps, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

type Common = { label: string; hint?: ReactNode; error?: string | undefined; prefix?: string }
type InputProps = Common & ComponentProps<'input'>
type AreaProps = Common & ComponentProps<'textarea'>

/** One line of text with its label, a hint, and what was wrong with it. */
export function TextField({ label, hint, error, prefix, className, ...input }: InputProps) {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error} className={className}>
      <div className="relative">
        {prefix && (
          <span className="figures pointer-events-none absolute inset-y-0 left-3.5 flex items-center text-muted">
            {prefix}
          </span>
        )}
        <input
          id={id}
          {...described(id, hint, error)}
          className={classNames(boxClass, 'min-h-11', prefix && 'pl-7')}
          {...input}
        />
      </div>
    </Frame>
  )
}

/** Several lines of text with label, hint and fault. */
export function TextArea({ label, hint, error, className, ...area }: AreaProps) {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error} className={className}>
      <textarea
        id={id}
        {...described(id, hint, error)}
        className={classNames(boxClass, 'py-2.5')}
        {...area}
      />
    </Frame>
  )
}

type FrameProps = Common & { id: string; className?: string | undefined; children: ReactNode }

function Frame({ id, label, hint, error, className, children }: FrameProps) {
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block font-medium text-sm">
        {label}
      </label>
      {children}
      {hint && !error && (
        <p id={`${id}-hint`} className="mt-1.5 text-muted text-sm">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1.5 text-danger text-sm">
          {error}
        </p>
      )}
    </div>
  )
}

/** How a box that takes text looks. */
export const boxClass =
  'block w-full rounded-control border border-edge bg-surface px-3.5 text-base placeholder:text-muted hover:border-muted focus-visible:outline-offset-0 aria-invalid:border-danger'

function described(id: string, hint: ReactNode, error: string | undefined) {
  if (error) return { 'aria-invalid': true, 'aria-describedby': `${id}-error` } as const
  return hint ? { 'aria-describedby': `${id}-hint` } : {}
}
