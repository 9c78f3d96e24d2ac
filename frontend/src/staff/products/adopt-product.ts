import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { Page, ProductVersion } from '../../api/products.ts'
import { productQuery } from '../../api/queries.ts'
import type { Product } from '../../api/types.ts'

/** Lets every page know a product as it was just read or changed, without asking again. */
export function adoptProduct(cache: QueryClient, version: ProductVersion): void {
  const { product } = version
  cache.setQueryData(productQuery(product.product_id).queryKey, version)
  cache.setQueriesData<InfiniteData<Page<Product>>>({ queryKey: ['products'] }, (list) =>
    list
      ? {
          ...list,
          pages: list.pages.map((page) => ({
            ...page,
            rows: page.rows.map((row) => (row.product_id === product.product_id ? product : row)),
          })),
        }
      : list,
  )
  void cache.invalidateQueries({ queryKey: ['movements', product.product_id] })
}
