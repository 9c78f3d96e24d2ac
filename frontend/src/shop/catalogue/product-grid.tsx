import { useEffect, useRef } from 'react'
import type { Product } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useNearEnd } from '../../ui/use-near-end.ts'
import { ProductCard } from './product-card.tsx'

type Shelves = {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  isFetchNextPageError: boolean
  isPlaceholderData: boolean
  fetchNextPage: () => Promise<{ isError: boolean }>
}

/** The products side by side; the next ones come near the end, or by the button. */
export function ProductGrid({ products, shelves }: { products: Product[]; shelves: Shelves }) {
  const grid = useRef<HTMLUListElement>(null)
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = shelves
  const end = useNearEnd(
    () => void fetchNextPage(),
    hasNextPage && !isFetchingNextPage && !isFetchNextPageError,
  )
  const goOnAt = useRef<number | null>(null)
  const showMore = async () => {
    goOnAt.current = products.length
    const { isError } = await fetchNextPage()
    if (isError) goOnAt.current = null
  }
  // The button moves away below the new products: go on reading at the first of them.
  useEffect(() => {
    if (goOnAt.current === null || products.length <= goOnAt.current) return
    grid.current?.querySelectorAll('a')[goOnAt.current]?.focus()
    goOnAt.current = null
  }, [products.length])
  return (
    <>
      <ul ref={grid} className={gridClass} data-paler={shelves.isPlaceholderData || undefined}>
        {products.map((product, index) => (
          <li key={product.product_id}>
            <ProductCard product={product} eager={index < 4} />
          </li>
        ))}
      </ul>
      <div ref={end} className="mt-14 flex flex-col items-center gap-3">
        {isFetchNextPageError && (
          <p role="alert" className="text-danger">
            The next products could not be loaded.
          </p>
        )}
        {hasNextPage && (
          <Button busy={isFetchingNextPage} onClick={() => void showMore()}>
            {isFetchNextPageError ? 'Try again' : 'Show more products'}
          </Button>
        )}
      </div>
    </>
  )
}

/** The shelves before anything is on them, in the same places. */
export function ProductGridSkeleton() {
  return (
    <div className={gridClass} role="status" aria-label="Loading products">
      {Array.from({ length: 8 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: eight equal shapes
        <div key={index}>
          <Skeleton className="aspect-square rounded-picture!" />
          <Skeleton className="mt-3.5 h-5 w-3/4" />
          <Skeleton className="mt-2 h-5 w-1/2" />
          <Skeleton className="mt-3.5 h-11 w-full" />
        </div>
      ))}
    </div>
  )
}

const gridClass =
  'grid grid-cols-2 gap-x-4 gap-y-10 transition-opacity data-paler:opacity-50 md:grid-cols-3 md:gap-x-7 md:gap-y-14 lg:grid-cols-4'
