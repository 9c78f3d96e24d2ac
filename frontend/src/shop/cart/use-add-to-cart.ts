import { useEffect, useState } from 'react'
import type { Product } from '../../api/types.ts'
import { config } from '../../config.ts'
import { centsOf } from '../../money.ts'
import { announce } from '../../ui/announce.tsx'
import { addToLines } from './cart.ts'
import { updateCart, useCart } from './cart-store.ts'

const thanksMs = 1600

/** Putting a product into the cart: how many are in it, how many more may go in, and whether one just did. */
export function useAddToCart(product: Product) {
  const lines = useCart()
  const [added, setAdded] = useState(0)
  const inCart = lines.find(({ productId }) => productId === product.product_id)?.quantity ?? 0
  const limit = Math.min(product.stock_quantity, config.limits.unitsPerLine)
  const full = inCart === 0 && lines.length >= config.limits.linesPerOrder

  useEffect(() => {
    if (added === 0) return
    const timer = setTimeout(() => setAdded(0), thanksMs)
    return () => clearTimeout(timer)
  }, [added])

  const add = (quantity: number) => {
    const { product_id: productId, name, price } = product
    const line = { productId, name, priceCents: centsOf(price), quantity }
    updateCart((now) => addToLines(now, line, limit))
    setAdded((times) => times + 1)
    announce(`${name} added to cart, ${Math.min(inCart + quantity, limit)} in it.`)
  }
  return { add, inCart, room: full ? 0 : Math.max(0, limit - inCart), justAdded: added > 0 }
}
