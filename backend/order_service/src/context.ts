import type { Sql } from '@tallyshop/service-kit/postgres'
import type { PlacingOrders } from './domain/place-order.ts'
import type { SweptOrders } from './domain/settle-placements.ts'

/** What the routes and the sweeper work with. */
export type Context = PlacingOrders & { sql: Sql; orders: SweptOrders; orderTokenSecret: string }
