import type { ReactNode } from 'react'

type Props = { className?: string }

export function CartIcon(props: Props) {
  return (
    <Line {...props}>
      <path d="M5.5 8h13l-1 10.2a2 2 0 0 1-2 1.8h-7a2 2 0 0 1-2-1.8zM9 10.5V7a3 3 0 0 1 6 0v3.5" />
    </Line>
  )
}

export function SearchIcon(props: Props) {
  return (
    <Line {...props}>
      <circle cx="11" cy="11" r="6.2" />
      <path d="m15.8 15.8 4.2 4.2" />
    </Line>
  )
}

export function CloseIcon(props: Props) {
  return (
    <Line {...props}>
      <path d="M6 6l12 12M18 6 6 18" />
    </Line>
  )
}

export function PlusIcon(props: Props) {
  return (
    <Line {...props}>
      <path d="M12 5.5v13M5.5 12h13" />
    </Line>
  )
}

export function MinusIcon(props: Props) {
  return (
    <Line {...props}>
      <path d="M5.5 12h13" />
    </Line>
  )
}

export function CheckIcon(props: Props) {
  return (
    <Line {...props}>
      <path d="m5 12.5 4.5 4.5L19 7.5" />
    </Line>
  )
}

export function BackIcon(props: Props) {
  return (
    <Line {...props}>
      <path d="M14.5 5.5 8 12l6.5 6.5" />
    </Line>
  )
}

export function PencilIcon(props: Props) {
  return (
    <Line {...props}>
      <path d="m5 19 .8-3.8L15.5 5.5l3 3L8.8 18.2zM13.5 7.5l3 3" />
    </Line>
  )
}

export function PictureIcon(props: Props) {
  return (
    <Line {...props}>
      <rect x="3.5" y="5" width="17" height="14" rx="2" />
      <circle cx="9" cy="10" r="1.5" />
      <path d="m4 17.5 5-4.5 3.5 3 3-2.5 4.5 4" />
    </Line>
  )
}

export function LedgerIcon(props: Props) {
  return (
    <Line {...props}>
      <path d="M6 4v16M10 4v16M14 4v16M18 4v16M3 16.5 21 7.5" />
    </Line>
  )
}

export function LinkIcon(props: Props) {
  return (
    <Line {...props}>
      <path d="M10 14a3.5 3.5 0 0 0 5 0l3.2-3.2a3.5 3.5 0 0 0-5-5L12 7M14 10a3.5 3.5 0 0 0-5 0l-3.2 3.2a3.5 3.5 0 0 0 5 5L12 17" />
    </Line>
  )
}

/** A line icon on the grid of 24 units; decoration, hidden from screen readers. */
function Line({ className = 'size-5', children }: Props & { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 24 24"
      className={`shrink-0 ${className}`}
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  )
}
