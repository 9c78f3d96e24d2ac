import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query'
import type { Status } from '../order-status.ts'
import { getOrder, listOrders } from './orders.ts'
import { Problem } from './problem.ts'
import { getProduct, listMovements, listProducts } from './products.ts'

/** Reads are repeated twice where nobody answered or the service had a problem of its own; refusals never are. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && !(error instanceof Problem && error.status < 500),
        retryDelay: (failures) => 500 * 2 ** failures,
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  })
}

/** The shelves, page by page. */
export function productsQuery(search: string) {
  return infiniteQueryOptions({
    queryKey: ['products', search],
    queryFn: ({ pageParam, signal }) => listProducts({ search, after: pageParam, signal }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.nextAfter,
  })
}

/** One product with its version. */
export function productQuery(id: number) {
  return queryOptions({ queryKey: ['product', id], queryFn: ({ signal }) => getProduct(id, signal) })
}

/** The ledger of one product, newest first. */
export function movementsQuery(id: number) {
  return infiniteQueryOptions({
    queryKey: ['movements', id],
    queryFn: ({ pageParam, signal }) => listMovements(id, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.nextAfter,
  })
}

/** The orders of one status or of all, newest first. */
export function ordersQuery(status: Status | null) {
  return infiniteQueryOptions({
    queryKey: ['orders', status],
    queryFn: ({ pageParam, signal }) => listOrders({ status, after: pageParam, signal }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.nextAfter,
  })
}

/** One order, as staff or as the guest who holds its token. */
export function orderQuery(id: number, token: string | null) {
  return queryOptions({
    queryKey: ['order', id, token],
    queryFn: ({ signal }) => getOrder(id, token, signal),
  })
}
