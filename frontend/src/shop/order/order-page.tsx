import { useQuery } from '@tanstack/react-query'
import { useLocation, useParams } from '@tanstack/react-router'
import { isNotFound } from '../../api/problem.ts'
import { orderQuery } from '../../api/queries.ts'
import { NotFound } from '../../app/not-found.tsx'
import { Title } from '../../app/title.tsx'
import { isFinal } from '../../order-status.ts'
import { Failure } from '../../ui/failure.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { OrderDetails } from './order-details.tsx'

const lookAgainMs = 20_000

/** One order, for whoever holds its link: the token stands in the fragment, which no server sees. */
export function OrderPage() {
  const { orderId } = useParams({ from: '/orders/$orderId' })
  const { hash, justPlaced } = useLocation({
    select: ({ hash, state }) => ({ hash, justPlaced: state.justPlaced ?? false }),
  })
  const token = hash || null
  const query = useQuery({
    ...orderQuery(Number(orderId), token),
    refetchInterval: ({ state }) => (state.data && isFinal(state.data.status) ? false : lookAgainMs),
  })

  if (isNotFound(query.error)) {
    return (
      <NotFound
        title="This order is not here"
        text="Perhaps the link is not complete: it is long, and all of it matters."
      />
    )
  }
  return (
    <div className="page pt-8 md:pt-12">
      <Title of={`Order ${orderId}`} />
      {query.isPending && <OrderSkeleton orderId={orderId} />}
      {query.isError && !query.data && (
        <Failure
          heading="h1"
          title="This order could not be shown"
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data && <OrderDetails order={query.data} token={token} justPlaced={justPlaced} />}
    </div>
  )
}

function OrderSkeleton({ orderId }: { orderId: string }) {
  return (
    <>
      <h1 className="display text-4xl md:text-5xl">Order {orderId}</h1>
      <div role="status" aria-label="Loading order">
        <Skeleton className="mt-3 h-5 w-48" />
        <Skeleton className="mt-8 h-14 w-full max-w-2xl" />
        <Skeleton className="mt-12 h-56 w-full" />
      </div>
    </>
  )
}
