import { useInfiniteQuery } from '@tanstack/react-query'
import { movementsQuery } from '../../api/queries.ts'
import type { Product } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { formatCount } from '../../words.ts'
import { AdjustStock } from './adjust-stock.tsx'
import { Ledger } from './ledger.tsx'

/** The stock, a way to adjust it, and the movements it is the sum of. */
export function StockPanel({ product }: { product: Product }) {
  const list = useInfiniteQuery(movementsQuery(product.product_id))
  const movements = list.data?.pages.flatMap((page) => page.rows) ?? []
  return (
    <section
      id="ledger"
      aria-labelledby="ledger-title"
      className="mt-16 scroll-mt-24 border-line border-t pt-10"
    >
      <h2 id="ledger-title" className="display text-3xl">
        Ledger
      </h2>
      <p className="mt-1 text-muted">
        <span className="figures text-ink text-xl">{formatCount(product.stock_quantity)}</span> on the shelf,
        the sum of everything below.
      </p>
      <div className="mt-6 grid gap-10 md:grid-cols-[18rem_minmax(0,1fr)] lg:grid-cols-[24rem_minmax(0,1fr)] lg:gap-14">
        <AdjustStock product={product} />
        <div>
          {list.isPending && <Skeleton className="h-48 w-full" />}
          {list.isError && movements.length === 0 && (
            <Failure
              title="The ledger could not be shown"
              error={list.error}
              onRetry={() => void list.refetch()}
            />
          )}
          {list.isSuccess && movements.length === 0 && (
            <p className="text-muted">Nothing has moved yet: there never were any.</p>
          )}
          {movements.length > 0 && <Ledger movements={movements} name={product.name} />}
          {list.hasNextPage && (
            <Button
              size="small"
              className="mt-4"
              busy={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              Show older movements
            </Button>
          )}
        </div>
      </div>
    </section>
  )
}
