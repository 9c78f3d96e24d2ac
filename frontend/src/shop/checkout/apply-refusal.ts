import type { QueryClient } from '@tanstack/react-query'
import type { Problem } from '../../api/problem.ts'
import { productQuery } from '../../api/queries.ts'

/** Lets the cart know what a refusal said about prices and stock, and reads those products anew. */
export function applyRefusal(cache: QueryClient, problem: Problem): void {
  for (const { product_id: id, available, current } of problem.lines) {
    const { queryKey } = productQuery(id)
    cache.setQueryData(queryKey, (known) =>
      known
        ? {
            ...known,
            product: {
              ...known.product,
              ...(available !== undefined && { stock_quantity: available }),
              ...(current !== undefined && { price: current }),
            },
          }
        : known,
    )
    void cache.invalidateQueries({ queryKey })
  }
  void cache.invalidateQueries({ queryKey: ['products'] })
}
