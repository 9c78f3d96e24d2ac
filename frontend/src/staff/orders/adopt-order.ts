import type { QueryClient } from '@tanstack/react-query'
import { orderQuery } from '../../api/queries.ts'
import type { Order } from '../../api/types.ts'

/** Lets every page know an order as it was just changed; lists and stock are read anew behind it. */
export function adoptOrder(cache: QueryClient, order: Order): void {
  cache.setQueryData(orderQuery(order.order_id, null).queryKey, order)
  void cache.invalidateQueries({ queryKey: ['orders'] })
  void cache.invalidateQueries({ queryKey: ['products'] })
  void cache.invalidateQueries({ queryKey: ['product'] })
  void cache.invalidateQueries({ queryKey: ['movements'] })
}
