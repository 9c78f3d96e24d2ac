import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Problem } from '../../api/problem.ts'
import type { NewOrder } from '../../api/types.ts'
import { amountOf, formatMoney } from '../../money.ts'
import { Button } from '../../ui/button.tsx'
import { CartChanges } from '../cart/cart-changes.tsx'
import { CartTotal } from '../cart/cart-page.tsx'
import type { useReviewedCart } from '../cart/use-reviewed-cart.ts'
import { type Address, addressFaults, addressText, noAddress } from './address.ts'
import { AddressFields } from './address-fields.tsx'
import { applyRefusal } from './apply-refusal.ts'
import { OrderSummary } from './order-summary.tsx'
import { refusalOf } from './refusal.ts'
import { RefusalNotice } from './refusal-notice.tsx'
import { useAddress } from './use-address.ts'

type Props = {
  cart: ReturnType<typeof useReviewedCart>
  placing: boolean
  problem: Problem | null
  onPlace: (body: NewOrder) => void
  onSettle: () => void
}

/** The one page between the cart and the order. */
export function CheckoutForm({ cart, placing, problem, onPlace, onSettle }: Props) {
  const [address, setAddress] = useAddress()
  const [faults, setFaults] = useState<Partial<Record<keyof Address, string>>>({})
  const form = useRef<HTMLFormElement>(null)
  const changes = useRef<HTMLDivElement>(null)
  const cache = useQueryClient()
  const nameOf = (id: number) =>
    cart.reviewed.find(({ line }) => line.productId === id)?.line.name ?? `Product ${id}`
  const refusal = problem && refusalOf(problem, nameOf, formatMoney)

  useEffect(() => {
    if (problem) applyRefusal(cache, problem)
  }, [problem, cache])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (placing) return
    const found = addressFaults(address)
    setFaults(found)
    const first = Object.keys(noAddress).find((part) => found[part as keyof Address])
    if (first) form.current?.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus()
    else if (cart.changed > 0) changes.current?.focus()
    else onPlace(orderBody(cart, address))
  }
  const change = (next: Address) => {
    setAddress(next)
    const still = addressFaults(next)
    setFaults((before) => Object.fromEntries(Object.entries(still).filter(([part]) => part in before)))
  }

  return (
    <form
      ref={form}
      noValidate
      onSubmit={submit}
      className="mt-8 grid gap-12 md:mt-10 lg:grid-cols-[minmax(0,36rem)_minmax(0,28rem)] lg:justify-between lg:gap-16"
    >
      <AddressFields
        address={address}
        faults={refusal?.address ? { street: refusal.address, ...faults } : faults}
        disabled={placing}
        onChange={change}
      />
      <section
        aria-label="Your order"
        className="self-start rounded-picture bg-ground p-6 lg:sticky lg:top-24"
      >
        <OrderSummary reviewed={cart.reviewed} />
        <div className="mt-2 border-line border-t pt-5">
          <CartTotal cents={cart.totalCents} />
          <div>
            <RefusalNotice refusal={refusal} />
            <CartChanges
              ref={changes}
              changed={cart.changed}
              onAccept={() => {
                cart.acceptAll()
                onSettle()
              }}
            />
          </div>
          <Button kind="primary" size="large" type="submit" busy={placing} className="mt-5 w-full">
            {placing ? 'Placing your order…' : 'Place order'}
          </Button>
        </div>
      </section>
    </form>
  )
}

function orderBody({ reviewed }: Props['cart'], address: Address): NewOrder {
  return {
    shipping_address: addressText(address),
    items: reviewed.map(({ line }) => ({
      product_id: line.productId,
      quantity: line.quantity,
      price_at_purchase: amountOf(line.priceCents),
    })),
  }
}
