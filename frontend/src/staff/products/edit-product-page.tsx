import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { isNotFound } from '../../api/problem.ts'
import { productQuery } from '../../api/queries.ts'
import { NotFound } from '../../app/not-found.tsx'
import { Title } from '../../app/title.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Notice } from '../notice.tsx'
import { BackToProducts } from './back-to-products.tsx'
import { DeleteProduct } from './delete-product.tsx'
import { EditProductForm } from './edit-product-form.tsx'
import { PicturePanel } from './picture-panel.tsx'
import { StockPanel } from './stock-panel.tsx'

/** Everything about one product: its facts, its picture, its stock and the ledger behind it. */
export function EditProductPage() {
  const { productId } = useParams({ from: '/staff/products/$productId' })
  const id = Number(productId)
  const query = useQuery({ ...productQuery(id), staleTime: 0, refetchOnWindowFocus: false })
  const version = query.data

  if (isNotFound(query.error)) {
    return <NotFound title="This product is not here" text="It may have been deleted." />
  }
  return (
    <div className="max-w-5xl pt-4">
      <Title of={version?.product.name ?? 'Product'} />
      <BackToProducts />
      {query.isPending && <EditSkeleton />}
      {query.isError && !version && (
        <Failure
          heading="h1"
          title="This product could not be shown"
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {version && (
        <>
          <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
            <h1 className="display mt-1 min-w-0 break-words text-4xl">{version.product.name}</h1>
            <Link
              to="/products/$productId"
              params={{ productId }}
              className="py-1 text-muted text-sm underline underline-offset-4 hover:text-ink"
            >
              See it in the shop
            </Link>
          </div>
          <Notice />
          <div className="mt-8 grid gap-10 md:grid-cols-[18rem_minmax(0,1fr)] lg:grid-cols-[24rem_minmax(0,1fr)] lg:gap-14">
            <PicturePanel key={id} product={version.product} />
            <EditProductForm key={id} version={version} />
          </div>
          <StockPanel product={version.product} />
          <DeleteProduct product={version.product} />
        </>
      )}
    </div>
  )
}

function EditSkeleton() {
  return (
    <div role="status" aria-label="Loading product">
      <h1 className="sr-only">Product</h1>
      <Skeleton className="mt-1 h-10 w-72 max-w-full" />
      <div className="mt-8 grid gap-10 md:grid-cols-[18rem_minmax(0,1fr)] lg:grid-cols-[24rem_minmax(0,1fr)] lg:gap-14">
        <Skeleton className="aspect-square rounded-picture!" />
        <Skeleton className="h-96" />
      </div>
    </div>
  )
}
