import type { Product } from '../../api/types.ts'
import { centsOf } from '../../money.ts'
import { Money } from '../../ui/money.tsx'
import { Picture } from '../../ui/picture.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { StockWords } from '../../ui/stock-words.tsx'
import { BuyBox } from './buy-box.tsx'

/** Picture and facts side by side, or one above the other on a small screen. */
export function ProductDetails({ product }: { product: Product }) {
  const { product_id: id, name, description, price, stock_quantity: stock } = product
  return (
    <article className={layoutClass}>
      <Picture
        url={product.image_url ?? product.thumbnail_url}
        alt={name}
        seed={id}
        fit="contain"
        eager
        className="rounded-picture max-md:-mx-4 max-md:rounded-none"
      />
      <div className="md:py-4">
        <h1 className="display break-words text-3xl md:text-[2.75rem]">{name}</h1>
        <p className="mt-4 flex flex-wrap items-baseline gap-x-5 gap-y-1">
          <Money cents={centsOf(price)} className="text-2xl" />
          <StockWords quantity={stock} />
        </p>
        <BuyBox product={product} />
        {description && (
          <p className="mt-10 max-w-[60ch] whitespace-pre-line break-words border-line border-t pt-8 text-ink leading-relaxed">
            {description}
          </p>
        )}
      </div>
    </article>
  )
}

/** The product's page before it is known, in the same places. */
export function ProductDetailsSkeleton() {
  return (
    <div className={layoutClass} role="status" aria-label="Loading product">
      <Skeleton className="aspect-square rounded-picture! max-md:-mx-4 max-md:rounded-none!" />
      <div className="md:py-4">
        <h1 className="sr-only">Product</h1>
        <Skeleton className="h-11 w-4/5" />
        <Skeleton className="mt-5 h-8 w-32" />
        <Skeleton className="mt-8 h-13 w-full" />
        <Skeleton className="mt-10 h-40 w-full" />
      </div>
    </div>
  )
}

const layoutClass = 'mt-2 grid gap-6 md:grid-cols-[minmax(0,7fr)_minmax(0,5fr)] md:gap-12 lg:gap-20'
