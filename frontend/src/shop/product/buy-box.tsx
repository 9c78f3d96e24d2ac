import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Product } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { CheckIcon } from '../../ui/icons.tsx'
import { Quantity } from '../../ui/quantity.tsx'
import { useAddToCart } from '../cart/use-add-to-cart.ts'

/** How many, and into the cart; never more than there are. */
export function BuyBox({ product }: { product: Product }) {
  const { add, inCart, room, justAdded } = useAddToCart(product)
  const [wanted, setWanted] = useState(1)
  const quantity = Math.max(1, Math.min(wanted, room))
  if (product.stock_quantity === 0) {
    return (
      <p className="mt-8 rounded-control bg-ground px-4 py-3.5 text-muted">
        Sold out for now. It may come back.
      </p>
    )
  }
  return (
    <div className="mt-8">
      <div className="flex gap-3">
        <Quantity value={quantity} max={Math.max(1, room)} of={product.name} onChange={setWanted} />
        <Button
          kind="primary"
          className="min-h-12 flex-1 aria-disabled:cursor-default aria-disabled:bg-ground aria-disabled:text-muted"
          aria-disabled={room === 0 || undefined}
          onClick={() => {
            if (room === 0) return
            add(quantity)
            setWanted(1)
          }}
        >
          {justAdded && <CheckIcon className="size-4" />}
          {justAdded ? 'Added to cart' : room === 0 ? 'No more to add' : 'Add to cart'}
        </Button>
      </div>
      <p className="mt-3 min-h-6 text-muted text-sm">
        {inCart > 0 && (
          <>
            {room > 0 || inCart < product.stock_quantity
              ? `${inCart} already`
              : inCart === 1
                ? 'The last one is'
                : `All ${inCart} are`}{' '}
            in{' '}
            <Link to="/cart" className="text-ink underline underline-offset-4">
              your cart
            </Link>
            .
          </>
        )}
      </p>
    </div>
  )
}
