import type { ReactNode } from 'react'
import { failureWords } from '../api/problem.ts'
import { Button } from './button.tsx'

type Props = Pick<MessageProps, 'title' | 'heading'> & { error: unknown; onRetry: () => void; busy?: boolean }

/** What could not be shown, why, and a way to try again. */
export function Failure({ title, heading = 'h2', error, onRetry, busy = false }: Props) {
  return (
    <Message role="alert" title={title} heading={heading} text={failureWords(error)}>
      <Button kind="primary" busy={busy} onClick={onRetry}>
        Try again
      </Button>
    </Message>
  )
}

type MessageProps = {
  title: string
  text?: ReactNode
  role?: 'alert' | 'status'
  /** `h1` where these words are the whole page. */
  heading?: 'h1' | 'h2'
  children?: ReactNode
}

/** A few calm words where a list or a page would be. */
export function Message({ title, text, role, heading: Heading = 'h2', children }: MessageProps) {
  return (
    <div
      role={role}
      className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-20 text-center md:py-28"
    >
      <Heading className="display text-2xl">{title}</Heading>
      {text && <p className="text-pretty text-muted">{text}</p>}
      {children && <div className="mt-3 flex flex-wrap justify-center gap-3">{children}</div>}
    </div>
  )
}
