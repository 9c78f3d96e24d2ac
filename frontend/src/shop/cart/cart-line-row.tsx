import { Link } from '@tanstack/react-router'
import { config } from '../../config.ts'
import { formatMoney } from '../../money.ts'
import { Money } from '../../ui/money.tsx'
import { Picture } from '../../ui/picture.tsx'
import { Quantity } from '../../ui/quantity.tsx'
import { changeLine } from './cart.ts'
import { updateCart } from './cart-store.ts'
import { changeWords } from './review.ts'
import type { ReviewedLine } from './use-reviewed-cart.ts'

/** One line of the cart, and what changed about it since it was put in. */
export function CartLineRow({ line, product, changes, onRemove }: ReviewedLine & { onRemove: () => void }) {
  const { productId, name, priceCents, quantity } = line
  const most = Math.min(product?.stock_quantity || quantity, config.limits.unitsPerLine)
  return (
    <div className="grid grid-cols-[5rem_minmax(0,1fr)] gap-4 py-5">
      <Picture
        url={product?.thumbnail_url ?? product?.image_url ?? null}
        seed={productId}
        className="rounded-control"
      />
      <div className="flex min-w-0 flex-col gap-3">
        <div className="flex items-start justify-between gap-4">
          <div className="min-w-0">
            <Link
              to="/products/$productId"
              params={{ productId: String(productId) }}
              className="line-clamp-2 min-h-6 break-words font-medium leading-snug underline-offset-4 hover:underline"
            >
              {name}
            </Link>
            <p className="mt-0.5 text-muted text-sm">
              <Money cents={priceCents} /> each
            </p>
          </div>
          <Money cents={priceCents * quantity} className="text-[1.0625rem]" />
        </div>
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <Quantity
            value={quantity}
            max={Math.max(most, 1)}
            of={name}
            onChange={(next) => updateCart((lines) => changeLine(lines, productId, { quantity: next }))}
          />
          <button
            type="button"
            aria-label={`Remove ${name}`}
            className="-mr-2 min-h-10 rounded-control px-2 text-muted text-sm underline underline-offset-4 hover:text-ink"
            onClick={onRemove}
          >
            Remove
          </button>
        </div>
        {changes.map((change) => (
          <p key={change.kind} className="rounded-control bg-warn-soft px-3 py-2 text-sm text-warn">
            {changeWords(change, formatMoney)}
          </p>
        ))}
      </div>
    </div>
  )
}
