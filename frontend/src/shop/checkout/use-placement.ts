import { useEffect, useSyncExternalStore } from 'react'
import { placeOrder } from '../../api/orders.ts'
import { subtractOrdered } from '../cart/cart.ts'
import { updateCart } from '../cart/cart-store.ts'
import { attempt, newKey } from './attempt.ts'
import { createPlacement, type Placement } from './placement.ts'

const placement = createPlacement({
  attempt,
  ask: ({ key, body }) => placeOrder(key, body),
  sleep,
  newKey,
  onPlaced: (_order, { body }) => updateCart((lines) => subtractOrdered(lines, body.items)),
})

/** Waits; no longer than until the network is back. */
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      globalThis.removeEventListener('online', wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    globalThis.addEventListener('online', wake)
  })
}

/** The placing of this browser's order: goes on by itself with one that is open, also when the network comes back. */
export function usePlacement() {
  const state: Placement = useSyncExternalStore(placement.subscribe, placement.read)
  useEffect(() => {
    const goOn = () => void placement.resume()
    goOn()
    globalThis.addEventListener('online', goOn)
    return () => globalThis.removeEventListener('online', goOn)
  }, [])
  return { state, place: placement.place, resume: placement.resume, settle: placement.settle }
}
