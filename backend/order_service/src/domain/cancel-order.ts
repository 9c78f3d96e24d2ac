import type { Order } from './order.ts'
import type { Allocations } from './placement.ts'

/** What cancelling needs of our memory of orders. */
export type ReleasingOrders = {
  /** Notes that an order's stock is back where it belongs. */
  markReleased(orderUid: string): Promise<void>
}

export type DueOrder = Pick<Order, 'orderUid' | 'stockState'>

/**
 * Gives the stock of a cancelled order back, where it is due. Whatever this throws stops nothing: the order is cancelled,
 * its stock is noted as due, and the sweeper goes on.
 */
export async function releaseStock(
  order: DueOrder,
  { orders, allocations }: { orders: ReleasingOrders; allocations: Allocations },
  requestId?: string,
): Promise<void> {
  if (order.stockState !== 'release_due') return
  const { verdict } = await allocations.release(order.orderUid, requestId)
  if (verdict !== 'held') await orders.markReleased(order.orderUid)
}
