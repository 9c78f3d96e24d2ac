import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import type { Page, ProductVersion } from '../../api/products.ts'
import type { Product } from '../../api/types.ts'

/** The product as a list has it, for showing something while it is read; its version is not known. */
export function knownProduct(cache: QueryClient, id: number): ProductVersion | undefined {
  const lists = cache.getQueriesData<InfiniteData<Page<Product>>>({ queryKey: ['products'] })
  for (const [, list] of lists) {
    const product = list?.pages.flatMap((page) => page.rows).find(({ product_id }) => product_id === id)
    if (product) return { product, etag: null }
  }
  return undefined
}
