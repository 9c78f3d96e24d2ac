import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { isNotFound } from '../../api/problem.ts'
import { productQuery } from '../../api/queries.ts'
import { NotFound } from '../../app/not-found.tsx'
import { Title } from '../../app/title.tsx'
import { Failure } from '../../ui/failure.tsx'
import { BackIcon } from '../../ui/icons.tsx'
import { knownProduct } from './known-product.ts'
import { ProductDetails, ProductDetailsSkeleton } from './product-details.tsx'

/** One product, large. What the shelf already knew is shown at once and made current behind it. */
export function ProductPage() {
  const { productId } = useParams({ from: '/products/$productId' })
  const id = Number(productId)
  const cache = useQueryClient()
  const query = useQuery({ ...productQuery(id), placeholderData: () => knownProduct(cache, id) })

  if (isNotFound(query.error)) {
    return <NotFound title="This product is not here" text="It may have been taken off the shelves." />
  }
  return (
    <div className="page pt-4 md:pt-8">
      <Title of={query.data?.product.name} />
      <Link
        to="/"
        className="-ml-2 inline-flex min-h-11 items-center gap-1 rounded-control px-2 text-muted text-sm hover:text-ink"
      >
        <BackIcon className="size-4" />
        All products
      </Link>
      {query.isPending && <ProductDetailsSkeleton />}
      {query.isError && !query.data && (
        <Failure
          heading="h1"
          title="This product could not be shown"
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {query.data && <ProductDetails key={id} product={query.data.product} />}
    </div>
  )
}
