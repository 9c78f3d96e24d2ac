import type { Lane } from '@tallyshop/service-kit/lane'
import type { Sql } from '@tallyshop/service-kit/postgres'
import type { PlacingOrders } from './domain/place-order.ts'
import type { SweptOrders } from './domain/settle-placements.ts'
import type { createAllocations } from './product-service/allocations.ts'

/** What the routes and the sweeper work with: `reads` for looking around, `probes` for health, `sql` for all else. */
export type Context = PlacingOrders & {
  sql: Sql
  reads: Lane
  probes: Sql
  orders: SweptOrders
  allocations: ReturnType<typeof createAllocations>
  orderTokenSecret: string
}
