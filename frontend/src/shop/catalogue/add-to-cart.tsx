import type { Product } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { CheckIcon } from '../../ui/icons.tsx'
import { useAddToCart } from '../cart/use-add-to-cart.ts'

/** Puts one unit into the cart from the shelf; says when there is no more to put in. */
export function AddToCart({ product }: { product: Product }) {
  const { add, inCart, room, justAdded } = useAddToCart(product)
  const soldOut = product.stock_quantity === 0
  const words = wordsFor({ soldOut, room, inCart, justAdded })
  return (
    <Button
      // Not `disabled`: whoever just took the last one keeps the focus.
      aria-disabled={room === 0 || undefined}
      aria-label={room > 0 ? `Add to cart: ${product.name}` : `${words}: ${product.name}`}
      className="mt-3.5 w-full aria-disabled:cursor-default aria-disabled:bg-transparent aria-disabled:text-muted"
      onClick={() => room > 0 && add(1)}
    >
      {justAdded && <CheckIcon className="size-4" />}
      {words}
    </Button>
  )
}

type State = { soldOut: boolean; room: number; inCart: number; justAdded: boolean }

function wordsFor({ soldOut, room, inCart, justAdded }: State): string {
  if (soldOut) return 'Sold out'
  if (justAdded) return `${inCart} in cart`
  if (room === 0) return inCart > 0 ? `All ${inCart} in cart` : 'Cart is full'
  return 'Add to cart'
}
