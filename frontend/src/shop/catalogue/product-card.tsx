import { Link } from '@tanstack/react-router'
import type { Product } from '../../api/types.ts'
import { centsOf } from '../../money.ts'
import { Money } from '../../ui/money.tsx'
import { Picture } from '../../ui/picture.tsx'
import { StockWords } from '../../ui/stock-words.tsx'
import { AddToCart } from './add-to-cart.tsx'

/** A product on the shelf: picture, name, price, stock in words, and the way into the cart. */
export function ProductCard({ product, eager }: { product: Product; eager: boolean }) {
  const { product_id: id, name, price, stock_quantity: stock } = product
  return (
    <article className="group flex h-full flex-col">
      <Link
        to="/products/$productId"
        params={{ productId: String(id) }}
        className="flex flex-1 flex-col rounded-picture focus-visible:outline-offset-4"
      >
        <Picture
          url={product.thumbnail_url ?? product.image_url}
          seed={id}
          eager={eager}
          className={stock === 0 ? 'rounded-picture opacity-60' : 'rounded-picture'}
        />
        <h2 className="mt-3.5 line-clamp-2 flex-1 font-medium text-[0.9375rem] leading-snug decoration-1 underline-offset-4 group-hover:underline md:text-base">
          {name}
        </h2>
        <p className="mt-1 flex flex-wrap items-baseline justify-between gap-x-3">
          <Money cents={centsOf(price)} className="text-[1.0625rem]" />
          <StockWords quantity={stock} className="max-sm:text-[0.8125rem]" />
        </p>
      </Link>
      <AddToCart product={product} />
    </article>
  )
}
