import { Link } from '@tanstack/react-router'
import { Title } from '../../app/title.tsx'
import { buttonClass } from '../../ui/button.tsx'
import { Money } from '../../ui/money.tsx'
import { countWords, sentence } from '../../words.ts'
import { unitCount } from './cart.ts'
import { CartChanges } from './cart-changes.tsx'
import { CartLines } from './cart-lines.tsx'
import { EmptyCart } from './empty-cart.tsx'
import { useReviewedCart } from './use-reviewed-cart.ts'

/** Everything in the cart, and what it comes to. */
export function CartPage() {
  const { reviewed, changed, totalCents, acceptAll } = useReviewedCart()
  const units = unitCount(reviewed.map(({ line }) => line))
  return (
    <div className="page pt-8 md:pt-12">
      <Title of="Cart" />
      <h1 className="display text-4xl md:text-5xl">Cart</h1>
      <p className="mt-2 min-h-6 text-muted">{units > 0 && sentence(countWords(units, 'item'))}</p>
      <div className="mt-6 grid gap-10 lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-20">
        <div>
          <CartChanges changed={changed} onAccept={acceptAll} />
          <CartLines reviewed={reviewed} />
          {units === 0 && <EmptyCart />}
        </div>
        {units > 0 && (
          <section
            aria-label="Total"
            className="self-start rounded-picture bg-ground p-6 lg:sticky lg:top-24"
          >
            <CartTotal cents={totalCents} />
            <Link to="/checkout" className={`${buttonClass('primary', 'large')} mt-5 w-full`}>
              Checkout
            </Link>
          </section>
        )}
      </div>
    </div>
  )
}

/** The sum of the cart. */
export function CartTotal({ cents }: { cents: number }) {
  return (
    <p className="flex items-baseline justify-between gap-4">
      <span className="font-medium">Total</span>
      <Money cents={cents} className="text-2xl" />
    </p>
  )
}
