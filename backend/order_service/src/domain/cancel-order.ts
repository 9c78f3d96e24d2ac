import { NoVerdict } from './errors.ts'
import type { Order } from './order.ts'
import type { Allocations } from './placement.ts'

/** What cancelling needs of our memory of orders. */
export type ReleasingOrders = {
  /** Notes that an order's stock is back where it belongs. */
  markReleased(orderUid: string): Promise<void>
}

/**
 * Gives the stock of an order back that has just been cancelled. A neighbour that does not answer stops nothing: the
 * order is cancelled, its stock is noted as due, and the sweeper goes on.
 */
export async function releaseStock(
  order: Pick<Order, 'orderUid' | 'stockState'>,
  { orders, allocations }: { orders: ReleasingOrders; allocations: Allocations },
  requestId?: string,
): Promise<void> {
  if (order.stockState !== 'release_due') return
  try {
    const { verdict } = await allocations.release(order.orderUid, requestId)
    if (verdict !== 'held') await orders.markReleased(order.orderUid)
  } catch (error) {
    if (error instanceof NoVerdict) return
    throw error
  }
}
