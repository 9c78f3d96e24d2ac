import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { productsQuery } from '../../api/queries.ts'
import { Title } from '../../app/title.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Failure, Message } from '../../ui/failure.tsx'
import { PlusIcon } from '../../ui/icons.tsx'
import { SearchBox } from '../../ui/search-box.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { MoreRows } from '../more-rows.tsx'
import { Notice } from '../notice.tsx'
import { sampleCount } from '../samples/sample-count.ts'
import { SamplePanel } from '../samples/sample-panel.tsx'
import { useSamples } from '../samples/use-samples.ts'
import { ProductRow, rowClass } from './product-row.tsx'

/** Everything on the shelves as the staff sees it: price and stock are changed where they stand. */
export function ProductsPage() {
  const { search = '' } = useSearch({ from: '/staff/products' })
  const navigate = useNavigate()
  const list = useInfiniteQuery({ ...productsQuery(search), placeholderData: (before) => before })
  const products = list.data?.pages.flatMap((page) => page.rows) ?? []
  const samples = useSamples()
  const searchFor = (text: string, from: string) =>
    void navigate({
      to: '/staff/products',
      search: text ? { search: text } : {},
      replace: from !== '',
      resetScroll: false,
    })

  return (
    <>
      <Title of={search ? `“${search}” in products` : 'Products'} />
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-4 pt-8">
        <h1 className="display text-4xl">Products</h1>
        <Link to="/staff/products/new" className={buttonClass('primary')}>
          <PlusIcon className="size-4" />
          New product
        </Link>
        <div className="w-full">
          <SearchBox label="Search products" value={search} onSearch={searchFor} />
        </div>
      </div>
      <Notice />
      <div className="mt-6">
        {list.isPending && <RowsSkeleton />}
        {list.isError && products.length === 0 && (
          <Failure
            title="The products could not be shown"
            error={list.error}
            busy={list.isFetching}
            onRetry={() => void list.refetch()}
          />
        )}
        {samples.run && (
          <SamplePanel run={samples.run} onAgain={() => void samples.add()} onLeave={samples.leave} />
        )}
        {!samples.run && list.isSuccess && products.length === 0 && (
          <NoProducts
            search={search}
            onClear={() => searchFor('', search)}
            onSamples={() => void samples.add()}
          />
        )}
        {products.length > 0 && (
          <>
            <div
              aria-hidden="true"
              className={`${rowClass} border-line border-b pb-2 text-muted text-sm max-md:hidden`}
            >
              <span />
              <span>Name</span>
              <span className="text-right">Price</span>
              <span className="text-right">Stock</span>
              <span />
            </div>
            <ul className="divide-y divide-line">
              {products.map((product) => (
                <li key={product.product_id}>
                  <ProductRow product={product} />
                </li>
              ))}
            </ul>
            <MoreRows list={list} label="Show more products" />
          </>
        )}
      </div>
    </>
  )
}

function NoProducts({ search, onClear, onSamples }: EmptyProps) {
  if (search) {
    return (
      <Message title={`Nothing found for “${search}”`} text="Try a shorter or another word.">
        <Button onClick={onClear}>Show all products</Button>
      </Message>
    )
  }
  return (
    <Message
      title="No products yet"
      text="The first one needs a name, a price and how many there are. Or look around first: the samples are a small homewares shop with pictures, and can be changed and deleted like your own."
    >
      <Link to="/staff/products/new" className={buttonClass('primary')}>
        Add the first product
      </Link>
      <Button onClick={onSamples}>Add {sampleCount} sample products</Button>
    </Message>
  )
}

type EmptyProps = { search: string; onClear: () => void; onSamples: () => void }

function RowsSkeleton() {
  return (
    <div role="status" aria-label="Loading products" className="divide-y divide-line">
      {Array.from({ length: 6 }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: six equal shapes
        <div key={index} className="flex items-center gap-4 py-4">
          <Skeleton className="size-14" />
          <Skeleton className="h-5 w-2/5" />
        </div>
      ))}
    </div>
  )
}
