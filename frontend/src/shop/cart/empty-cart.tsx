import { Link } from '@tanstack/react-router'
import { buttonClass } from '../../ui/button.tsx'
import { Message } from '../../ui/failure.tsx'

/** A cart with nothing in it. */
export function EmptyCart() {
  return (
    <Message title="Your cart is empty" text="What you put in stays here, also when you come back tomorrow.">
      <Link to="/" className={buttonClass('primary')}>
        Go to the shop
      </Link>
    </Message>
  )
}
