import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { productsQuery } from '../../api/queries.ts'
import { Title } from '../../app/title.tsx'
import { Failure } from '../../ui/failure.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { catalogueCount } from './catalogue-count.ts'
import { EmptyCatalogue } from './empty-catalogue.tsx'
import { ProductGrid, ProductGridSkeleton } from './product-grid.tsx'

/** The shelves: search as you type, kept in the address; more on scroll. */
export function CataloguePage() {
  const { search = '' } = useSearch({ from: '/' })
  const navigate = useNavigate()
  const shelves = useInfiniteQuery({
    ...productsQuery(search),
    // While the next search is on its way its predecessor stays, a little paler, instead of an empty page.
    placeholderData: (before) => before,
  })
  const products = shelves.data?.pages.flatMap((page) => page.rows) ?? []
  const searchFor = (text: string, from: string) =>
    void navigate({ to: '/', search: text ? { search: text } : {}, replace: from !== '', resetScroll: false })

  return (
    <div className="page pt-8 md:pt-12">
      <Title of={search ? `“${search}”` : undefined} />
      <div className="flex flex-col gap-5 md:flex-row md:items-end md:justify-between">
        <div>
          <h1 className="display text-4xl md:text-5xl">{search ? `“${search}”` : 'The shop'}</h1>
          <p role="status" className="mt-2 min-h-6 text-muted">
            {shelves.data && !shelves.isPlaceholderData
              ? catalogueCount(products.length, shelves.hasNextPage, search)
              : ''}
          </p>
        </div>
        {(products.length > 0 || search || shelves.isPending) && (
          <SearchBox label="Search products" value={search} onSearch={searchFor} />
        )}
      </div>
      <div className="mt-8 md:mt-10">
        {shelves.isPending && <ProductGridSkeleton />}
        {shelves.isError && products.length === 0 && (
          <Failure
            title="The shelves could not be shown"
            error={shelves.error}
            busy={shelves.isFetching}
            onRetry={() => void shelves.refetch()}
          />
        )}
        {shelves.isSuccess && products.length === 0 && (
          <EmptyCatalogue search={search} onClear={() => searchFor('', search)} />
        )}
        {products.length > 0 && <ProductGrid products={products} shelves={shelves} />}
      </div>
    </div>
  )
}
