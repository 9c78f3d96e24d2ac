import { Link } from '@tanstack/react-router'
import { formatMoney } from '../../money.ts'
import { Money } from '../../ui/money.tsx'
import { Picture } from '../../ui/picture.tsx'
import { changeWords } from '../cart/review.ts'
import type { ReviewedLine } from '../cart/use-reviewed-cart.ts'

/** What is about to be ordered, with what changed since it was put into the cart. */
export function OrderSummary({ reviewed }: { reviewed: ReviewedLine[] }) {
  return (
    <>
      <div className="flex items-baseline justify-between">
        <h2 className="display text-2xl">Your order</h2>
        <Link to="/cart" className="py-1 text-muted text-sm underline underline-offset-4 hover:text-ink">
          Change
        </Link>
      </div>
      <ul className="mt-4 divide-y divide-line">
        {reviewed.map(({ line, product, changes }) => (
          <li key={line.productId} className="py-3">
            <div className="grid grid-cols-[3rem_minmax(0,1fr)_auto] items-center gap-3">
              <Picture
                url={product?.thumbnail_url ?? product?.image_url ?? null}
                seed={line.productId}
                className="rounded-control"
              />
              <p className="min-w-0 break-words text-sm leading-snug">
                {line.name}
                <span className="block text-muted">
                  {line.quantity} × <Money cents={line.priceCents} />
                </span>
              </p>
              <Money cents={line.priceCents * line.quantity} />
            </div>
            {changes.map((change) => (
              <p key={change.kind} className="mt-2 rounded-control bg-warn-soft px-3 py-2 text-sm text-warn">
                {changeWords(change, formatMoney)}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </>
  )
}
