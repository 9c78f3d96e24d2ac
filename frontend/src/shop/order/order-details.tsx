import type { Order } from '../../api/types.ts'
import { OrderLines } from '../../ui/order-lines.tsx'
import { formatDay } from '../../words.ts'
import { CancelOrder } from './cancel-order.tsx'
import { KeepLink } from './keep-link.tsx'
import { StatusTrack } from './status-track.tsx'

type Props = { order: Order; token: string | null; justPlaced: boolean }

/** Number, state, lines, total and address of an order, and what its buyer may do. */
export function OrderDetails({ order, token, justPlaced }: Props) {
  return (
    <>
      {justPlaced && order.status !== 'cancelled' && (
        <p role="status" className="mb-6 rounded-control bg-accent-soft px-4 py-3 text-accent">
          Thank you. Your order is placed and the goods are set aside for you.
        </p>
      )}
      <h1 className="display text-4xl md:text-5xl">Order {order.order_id}</h1>
      <p className="mt-2 text-muted">Placed on {formatDay(order.order_date)}</p>
      <StatusTrack status={order.status} />
      <div className="mt-12 grid gap-12 md:grid-cols-[minmax(0,1fr)_16rem] md:gap-16 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-24">
        <div>
          <OrderLines order={order} linked />
        </div>
        <div className="flex flex-col gap-8">
          {order.shipping_address && (
            <section>
              <h2 className="font-medium text-sm">Shipping to</h2>
              <p className="mt-2 whitespace-pre-line break-words text-muted">{order.shipping_address}</p>
            </section>
          )}
          {token && <KeepLink />}
          <CancelOrder order={order} token={token} />
        </div>
      </div>
    </>
  )
}
