import { useInfiniteQuery } from '@tanstack/react-query'
import { Outlet, useChildMatches, useSearch } from '@tanstack/react-router'
import { ordersQuery } from '../../api/queries.ts'
import { Title } from '../../app/title.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Failure, Message } from '../../ui/failure.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { MoreRows } from '../more-rows.tsx'
import { Notice } from '../notice.tsx'
import { OrderRow } from './order-row.tsx'
import { StatusFilter } from './status-filter.tsx'

/** The orders, newest first; one opens beside the list, or in its place on a small screen. */
export function OrdersPage() {
  const { status = null } = useSearch({ from: '/staff/orders' })
  const opened = useChildMatches().length > 0
  const list = useInfiniteQuery({ ...ordersQuery(status), refetchInterval: 30_000 })
  const orders = list.data?.pages.flatMap((page) => page.rows) ?? []
  return (
    <>
      {!opened && <Title of="Orders" />}
      <h1 className={classNames('display pt-8 text-4xl', opened && 'max-lg:sr-only')}>Orders</h1>
      <div className={classNames(opened && 'max-lg:hidden')}>
        <StatusFilter current={status} />
        <Notice />
      </div>
      <div
        className={classNames(
          'mt-4',
          opened && 'lg:grid lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)] lg:gap-12',
        )}
      >
        <div className={classNames(opened && 'max-lg:hidden')}>
          {list.isPending && <RowsSkeleton />}
          {list.isError && orders.length === 0 && (
            <Failure
              title="The orders could not be shown"
              error={list.error}
              busy={list.isFetching}
              onRetry={() => void list.refetch()}
            />
          )}
          {list.isSuccess && orders.length === 0 && (
            <Message
              title={status ? `No ${status} orders` : 'No orders yet'}
              text={status ? undefined : 'The first one will stand here the moment it is placed.'}
            />
          )}
          {orders.length > 0 && (
            <ul className="divide-y divide-line">
              {orders.map((order) => (
                <li key={order.order_id}>
                  <OrderRow order={order} status={status} />
                </li>
              ))}
            </ul>
          )}
          <MoreRows list={list} label="Show older orders" />
        </div>
        <Outlet />
      </div>
    </>
  )
}

function RowsSkeleton() {
  return (
    <div role="status" aria-label="Loading orders" className="divide-y divide-line">
      {Array.from({ length: 6 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: six equal shapes
        <div key={index} className="py-4">
          <Skeleton className="h-6 w-1/3" />
          <Skeleton className="mt-2 h-5 w-2/3" />
        </div>
      ))}
    </div>
  )
}
