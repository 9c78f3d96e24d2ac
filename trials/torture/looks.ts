import type pg from 'pg'
import { openForLooks } from './check/database.ts'
import type { TrialShop } from './shop/shop.ts'

export type Looks = { product: pg.Pool; order: pg.Pool; end: () => Promise<void> }

/** Both databases for whoever judges them: directly, and under a name by which the sessions are known. */
export function openLooks({ databases }: Pick<TrialShop, 'databases'>): Looks {
  const product = openForLooks(databases.product.config())
  const order = openForLooks(databases.order.config())
  return {
    product,
    order,
    end: async () => {
      await Promise.all([product.end(), order.end()])
    },
  }
}
