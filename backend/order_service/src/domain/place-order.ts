import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { KeyReused, OrderingUnavailable, OutcomePending, PlacementInProgress } from './errors.ts'
import type { Allocations, Answer, Placement, Placements, Wish } from './placement.ts'

const waitForTwinMs = 2_000
const pollMs = 100

export type PlacingOrders = { placements: Placements; allocations: Allocations }

export type PlacedAnswer = Answer & { orderUid: string }

/**
 * Places an order: notes the intent, asks for the stock, writes the outcome down. The same key and wish get the same
 * answer however often they are sent. Throws KeyReused, PlacementInProgress, OrderingUnavailable (nothing was noted) or
 * OutcomePending (noted; it settles by itself, and asking again with the key tells how).
 */
export async function placeOrder(
  wish: Wish,
  { key, orderUid }: { key: string; orderUid: string },
  { placements, allocations }: PlacingOrders,
): Promise<PlacedAnswer> {
  const intent = { orderUid, key, requestHash: hashOf(wish), request: wish }
  // A key of the asker's own may be that of an order which is noted already: then it is not true that nothing is.
  const isFresh = key === orderUid
  if (!allocations.isReachable() && (isFresh || !(await placements.findByKey(key).catch(stillOpen)))) {
    throw new OrderingUnavailable()
  }
  if (!(await placements.begin(intent).catch(isFresh ? rethrow : stillOpen))) {
    return joinEarlier(intent, { placements, allocations })
  }
  return settle({ ...intent, attempts: 1, ageMs: 0 }, { placements, allocations })
}

/** Asks for the verdict and obeys it. Throws OutcomePending where none was heard, and leaves the rest to whoever is next. */
export async function settle(
  placement: Pick<Placement, 'orderUid' | 'request' | 'attempts' | 'ageMs'>,
  { placements, allocations }: PlacingOrders,
  { retryAfterMs = 0, abandonAfterMs = Infinity } = {},
): Promise<PlacedAnswer> {
  const { orderUid, request, ageMs } = placement
  try {
    const verdict =
      ageMs > abandonAfterMs
        ? await allocations.abandon(orderUid, request.requestId)
        : await allocations.allocate(orderUid, request.lines, request.requestId)
    return { orderUid, ...(await placements.finish(placement, verdict)) }
  } catch (cause) {
    // Whatever failed, the intent stands and will be settled; a lease that cannot be given up runs out.
    await placements.giveUp(placement, retryAfterMs).catch(() => {})
    return stillOpen(cause)
  }
}

/** A known key: its answer, once there is one. Waits a moment for whoever is working on it, then says so. */
async function joinEarlier(
  { key, requestHash }: Pick<Placement, 'key' | 'requestHash'>,
  deps: PlacingOrders,
): Promise<PlacedAnswer> {
  const deadline = performance.now() + waitForTwinMs
  for (;;) {
    const placement = await deps.placements.findByKey(key).catch(stillOpen)
    if (placement?.requestHash !== requestHash) throw new KeyReused()
    const { orderUid, answerStatus: status, answer: body } = placement
    if (status !== null && body !== null) return { orderUid, status, body }
    const taken = await deps.placements.takeOver(orderUid).catch(stillOpen)
    if (taken) return settle(taken, deps)
    if (performance.now() > deadline) throw new PlacementInProgress()
    await sleep(pollMs)
  }
}

/** Whatever failed since the order was noted, it is not true that nothing was. */
function stillOpen(cause: unknown): never {
  throw new OutcomePending('Whether this order is placed is not settled yet.', { cause })
}

function rethrow(error: unknown): never {
  throw error
}

/** Who asks for what: another asker or another wish under a known key is refused. The request id is not part of it. */
function hashOf({ actor, userId, shippingAddress, status, lines }: Wish): string {
  const wanted = lines.map(({ productId, quantity, expectedPrice = null }) => [
    productId,
    quantity,
    expectedPrice,
  ])
  const facts = ['POST /orders', actor, userId, shippingAddress, status, wanted]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}
