import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { isNotFound } from '../../api/problem.ts'
import { orderQuery } from '../../api/queries.ts'
import { Title } from '../../app/title.tsx'
import { Failure, Message } from '../../ui/failure.tsx'
import { CloseIcon } from '../../ui/icons.tsx'
import { OrderLines } from '../../ui/order-lines.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { formatMoment } from '../../words.ts'
import { DeleteOrder } from './delete-order.tsx'
import { OrderMoves } from './order-moves.tsx'

/** One order beside the list: its lines, its address, and the moves it may make. */
export function OrderPanel() {
  const { orderId } = useParams({ from: '/staff/orders/$orderId' })
  const search = useSearch({ from: '/staff/orders' })
  const query = useQuery({ ...orderQuery(Number(orderId), null), staleTime: 0 })
  const order = query.data
  return (
    <section aria-label={`Order ${orderId}`} className="self-start max-lg:pt-6 lg:sticky lg:top-24">
      <Title of={`Order ${orderId}`} />
      <div className="overflow-y-auto rounded-picture border border-line bg-surface p-5 md:p-7 lg:max-h-[calc(100dvh-8rem)]">
        <div className="flex items-center justify-between gap-4">
          <h2 className="display text-3xl">Order {orderId}</h2>
          <Link
            to="/staff/orders"
            search={search}
            resetScroll={false}
            aria-label="Close order"
            className="-mr-2 grid size-11 place-items-center rounded-control hover:bg-ground"
          >
            <CloseIcon />
          </Link>
        </div>
        {query.isPending && <Skeleton className="mt-6 h-72 w-full" />}
        {isNotFound(query.error) && (
          <Message title="This order is not here" text="It may have been deleted." />
        )}
        {query.isError && !order && !isNotFound(query.error) && (
          <Failure
            title="This order could not be shown"
            error={query.error}
            busy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        )}
        {order && !isNotFound(query.error) && (
          <>
            <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-sm">
              <StatusBadge status={order.status} />
              {formatMoment(order.order_date)}
              {order.user_id !== null && <span>Customer {order.user_id}</span>}
            </p>
            <OrderMoves key={orderId} order={order} />
            <div className="mt-7">
              <OrderLines order={order} />
            </div>
            <h3 className="mt-7 font-medium text-sm">Shipping to</h3>
            <p className="mt-1.5 whitespace-pre-line break-words text-muted">
              {order.shipping_address ?? 'No address was given.'}
            </p>
            <DeleteOrder order={order} />
          </>
        )}
      </div>
    </section>
  )
}
