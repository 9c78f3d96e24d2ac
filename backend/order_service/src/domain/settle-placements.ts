import { type ReleasingOrders, releaseStock } from './cancel-order.ts'
import { type PlacingOrders, settle } from './place-order.ts'
import type { Placement } from './placement.ts'

/** Past this age an order that got no verdict is called off, unless a verdict stands after all. */
const abandonAfterMs = 120_000
/** Of each kind at once. While the neighbour does not answer, one tells as much as many. */
const batch = 10
const longestPauseMs = 5_000

export type Sweep = { more: boolean; failures: unknown[] }

export type SweptOrders = ReleasingOrders & {
  /** Takes up to `limit` cancelled orders whose stock is due back, each away from other sweepers for a while. */
  claimReleaseDue(limit: number): Promise<{ orderUid: string; stockState: 'release_due' }[]>
}

/**
 * One pass of the sweeper: settles what a crash, a lost answer or a neighbour's absence left open. Any number of replicas
 * may run it at once. Says whether there may be more to do at once, and what could not be settled yet and why.
 */
export async function settlePlacements(deps: PlacingOrders & { orders: SweptOrders }): Promise<Sweep> {
  const isReachable = deps.allocations.isReachable()
  const most = isReachable ? batch : 1
  const placements = await deps.placements.claimExpired(most)
  const cancelled = await deps.orders.claimReleaseDue(most)
  const outcomes = await Promise.allSettled([
    ...placements.map((placement) => settleLater(placement, deps)),
    ...cancelled.map((order) => releaseStock(order, deps)),
  ])
  return {
    more: isReachable && Math.max(placements.length, cancelled.length) === batch,
    failures: outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])),
  }
}

/** Those that failed together do not come back together. */
function settleLater(placement: Placement, deps: PlacingOrders) {
  const pauseMs = Math.min(longestPauseMs, 250 * 2 ** Math.min(placement.attempts, 5))
  const retryAfterMs = pauseMs * (0.5 + Math.random() / 2)
  return settle(placement, deps, { retryAfterMs, abandonAfterMs })
}
