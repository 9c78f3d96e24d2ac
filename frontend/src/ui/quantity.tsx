import { useEffect, useState } from 'react'
import { MinusIcon, PlusIcon } from './icons.tsx'

type Props = { value: number; max: number; of: string; onChange: (value: number) => void }

/** A number between 1 and `max` with a step down and up; `of` names the product for screen readers. */
export function Quantity({ value, max, of, onChange }: Props) {
  const [text, setText] = useState(String(value))
  useEffect(() => setText(String(value)), [value])
  const settle = (next: number) => {
    const allowed = Math.max(1, Math.min(Math.trunc(next) || value, max))
    setText(String(allowed))
    if (allowed !== value) onChange(allowed)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend on show; the name is enough here
    <div
      role="group"
      aria-label={`Quantity of ${of}`}
      className="inline-flex items-center rounded-control border border-edge"
    >
      <Step label={`One fewer ${of}`} disabled={value <= 1} onClick={() => settle(value - 1)}>
        <MinusIcon className="size-4" />
      </Step>
      <input
        aria-label={`Quantity of ${of}`}
        inputMode="numeric"
        autoComplete="off"
        className="figures w-11 bg-transparent text-center text-base focus-visible:outline-offset-0"
        value={text}
        onChange={(event) => setText(event.target.value.replace(/\D/g, '').slice(0, 4))}
        onBlur={() => settle(Number(text))}
        onKeyDown={(event) => {
          if (event.key === 'ArrowUp') settle(value + 1)
          if (event.key === 'ArrowDown') settle(value - 1)
          if (event.key === 'Enter') settle(Number(text))
        }}
      />
      <Step label={`One more ${of}`} disabled={value >= max} onClick={() => settle(value + 1)}>
        <PlusIcon className="size-4" />
      </Step>
    </div>
  )
}

type StepProps = { label: string; disabled: boolean; onClick: () => void; children: React.ReactNode }

function Step({ label, disabled, onClick, children }: StepProps) {
  return (
    <button
      type="button"
      aria-label={label}
      // Not `disabled`: the focus would be lost at the end of the range.
      aria-disabled={disabled}
      onClick={disabled ? undefined : onClick}
      className="grid size-10 place-items-center rounded-control hover:bg-ground aria-disabled:cursor-default aria-disabled:text-edge aria-disabled:hover:bg-transparent"
    >
      {children}
    </button>
  )
}
