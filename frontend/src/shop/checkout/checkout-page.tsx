import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Title } from '../../app/title.tsx'
import { EmptyCart } from '../cart/empty-cart.tsx'
import { useReviewedCart } from '../cart/use-reviewed-cart.ts'
import { CheckoutForm } from './checkout-form.tsx'
import { MakingSure } from './making-sure.tsx'
import { usePlacement } from './use-placement.ts'

/** Address, lines, total, and the one button; once an answer is in doubt, only the question what became of the order. */
export function CheckoutPage() {
  const cart = useReviewedCart()
  const { state, place, resume, settle } = usePlacement()
  const navigate = useNavigate()

  useEffect(() => {
    if (state.phase !== 'placed') return
    const { order_id: id, order_token: token } = state.order
    void navigate({
      to: '/orders/$orderId',
      params: { orderId: String(id) },
      hash: token,
      state: { justPlaced: true },
      replace: true,
    })
  }, [state, navigate])
  useEffect(() => settle, [settle])

  const doubtful = state.phase === 'unsure' || (state.phase === 'placing' && state.doubtful)
  const away = doubtful || state.phase === 'placed'
  return (
    <div className="page pt-8 md:pt-12">
      <Title of="Checkout" />
      <h1 className="display text-4xl md:text-5xl">Checkout</h1>
      <div role="status">{away && <MakingSure phase={state.phase} onAskAgain={() => void resume()} />}</div>
      {!away && cart.reviewed.length === 0 && <EmptyCart />}
      {!away && cart.reviewed.length > 0 && (
        <CheckoutForm
          cart={cart}
          placing={state.phase === 'placing'}
          problem={state.phase === 'refused' ? state.problem : null}
          onPlace={(body) => void place(body)}
          onSettle={settle}
        />
      )}
    </div>
  )
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    justPlaced?: boolean
  }
}
