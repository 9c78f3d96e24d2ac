import { Link } from '@tanstack/react-router'
import { buttonClass } from '../ui/button.tsx'
import { Message } from '../ui/failure.tsx'
import { Title } from './title.tsx'

type Props = { title?: string; text?: string }

/** An address that leads nowhere. */
export function NotFound({ title = 'There is nothing here', text }: Props) {
  return (
    <>
      <Title of="Not found" />
      <Message
        heading="h1"
        title={title}
        text={text ?? 'The address may be mistyped, or what was here is gone.'}
      >
        <Link to="/" className={buttonClass('primary')}>
          Go to the shop
        </Link>
      </Message>
    </>
  )
}
