import { useEffect, useRef, useState } from 'react'
import { CloseIcon, SearchIcon } from './icons.tsx'

type Props = { label: string; value: string; onSearch: (text: string, from: string) => void }

const pauseMs = 220

/** Search as you type: `onSearch` hears of the text a moment after the last key; a `value` changed from outside is shown. */
export function SearchBox({ label, value, onSearch }: Props) {
  const [text, setText] = useState(value)
  const sent = useRef(value)
  const field = useRef<HTMLInputElement>(null)
  const send = (next: string) => {
    if (next === sent.current) return
    const from = sent.current
    sent.current = next
    onSearch(next, from)
  }
  const latest = useRef(send)
  latest.current = send

  useEffect(() => {
    if (value === sent.current) return
    sent.current = value
    setText(value)
  }, [value])
  useEffect(() => {
    const timer = setTimeout(() => latest.current(text.trim()), pauseMs)
    return () => clearTimeout(timer)
  }, [text])

  return (
    <search className="relative block w-full md:w-80">
      <SearchIcon className="pointer-events-none absolute top-3 left-3.5 size-5 text-muted" />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        maxLength={255}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && send(text.trim())}
        className="min-h-11 w-full rounded-full border border-edge bg-surface pr-11 pl-11 text-base hover:border-muted focus-visible:outline-offset-0"
      />
      {text && (
        <button
          type="button"
          aria-label="Clear search"
          className="absolute top-1 right-1 grid size-9 place-items-center rounded-full text-muted hover:bg-ground hover:text-ink"
          onClick={() => {
            setText('')
            send('')
            field.current?.focus()
          }}
        >
          <CloseIcon className="size-4" />
        </button>
      )}
    </search>
  )
}
