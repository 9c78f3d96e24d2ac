import { type ReleasingOrders, releaseStock } from './cancel-order.ts'
import { OutcomePending } from './errors.ts'
import { type PlacingOrders, settle } from './place-order.ts'
import type { Placement } from './placement.ts'

/** Past this age an order that got no verdict is called off, unless a verdict stands after all. */
const abandonAfterMs = 120_000
const batch = 20
const longestPauseMs = 5_000

export type SweptOrders = ReleasingOrders & {
  /** Takes up to `limit` cancelled orders whose stock is due back, each away from other sweepers for a while. */
  claimReleaseDue(limit: number): Promise<{ orderUid: string; stockState: 'release_due' }[]>
}

/**
 * One pass of the sweeper: settles what a crash, a lost answer or a neighbour's absence left open. Any number of replicas
 * may run it at once. Returns how many placements and releases it took on, for the caller to go on at once or rest.
 */
export async function settlePlacements(deps: PlacingOrders & { orders: SweptOrders }): Promise<number> {
  const placements = await deps.placements.claimExpired(batch)
  const cancelled = await deps.orders.claimReleaseDue(batch)
  await Promise.all([
    ...placements.map((placement) => settleLater(placement, deps)),
    ...cancelled.map((order) => releaseStock(order, deps)),
  ])
  return Math.max(placements.length, cancelled.length) < batch ? 0 : batch
}

async function settleLater(placement: Placement, deps: PlacingOrders): Promise<void> {
  const retryAfterMs = Math.min(longestPauseMs, 250 * 2 ** Math.min(placement.attempts, 5))
  await settle(placement, deps, { retryAfterMs, abandonAfterMs }).catch((error) => {
    if (!(error instanceof OutcomePending)) throw error
  })
}
