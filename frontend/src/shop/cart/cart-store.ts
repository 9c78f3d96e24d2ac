import { useSyncExternalStore } from 'react'
import { createStored } from '../stored.ts'
import { type CartLine, parseLines } from './cart.ts'

const cart = createStored('tallyshop.cart', parseLines)

/** The lines of this browser's cart, the same in every tab. */
export function useCart(): CartLine[] {
  return useSyncExternalStore(cart.subscribe, cart.read)
}

/** Changes the cart by a rule of `cart.ts`; it is stored when this returns. */
export function updateCart(change: (lines: CartLine[]) => CartLine[]): void {
  cart.update(change)
}
