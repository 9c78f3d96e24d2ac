import type { Difference } from './reconcile.ts'
import type { AllocationFacts, Line, OrderFacts } from './snapshots.ts'

export type Judgement = { differences: Difference[]; inMotion: boolean }

/** Everything settles long before: an order that is called off for want of a verdict is so after two minutes. */
const longestMotionSeconds = 180

/** The verdicts that may stand beside each state of an order (I5). */
const fitting = {
  held: ['held'],
  released: ['released', 'void'],
  none: ['none'],
  refused: ['rejected'],
  abandoned: ['void'],
}

/** Compares what the two databases know of one wish. */
export function judgePair(order: OrderFacts | undefined, allocation: AllocationFacts | undefined): Judgement {
  if (!order) return { differences: judgeUnknown(allocation), inMotion: false }
  // Placing: the verdict may stand before the order is there. Release due: cancelled, and the stock not yet back.
  const inMotion = order.state === 'placing' || order.stockState === 'release_due'
  const settled = inMotion ? judgeAge(order, allocation) : judgeVerdict(order, allocation)
  const lines = inMotion ? [] : judgeLines(order, allocation)
  return { differences: [...settled, ...lines, ...judgeTotal(order)], inMotion }
}

function judgeUnknown(allocation: AllocationFacts | undefined): Difference[] {
  if (allocation?.verdict !== 'held') return []
  const { orderUid } = allocation
  const sentence = `Stock is held for ${orderUid}, which the order service does not know; somebody may have been told of it.`
  return [{ kind: 'other', about: `holder ${orderUid}`, sentence, orderUid }]
}

function judgeAge(order: OrderFacts, allocation: AllocationFacts | undefined): Difference[] {
  if (order.unsettledSeconds <= longestMotionSeconds) return []
  const { orderUid } = order
  const what = order.state === 'placing' ? 'being placed' : 'waiting for its stock to be returned'
  const held = allocation?.verdict === 'held' ? 'stock is held for it' : 'no stock is held for it'
  const sentence = `${nameOf(order)} is ${what} for ${Math.floor(order.unsettledSeconds / 60)} minutes; ${held}.`
  return [{ kind: 'other', about: `settling ${orderUid}`, sentence, orderUid }]
}

function judgeVerdict(order: OrderFacts, allocation: AllocationFacts | undefined): Difference[] {
  const verdict = allocation?.verdict ?? 'none'
  const state = order.state === 'placed' ? order.stockState : order.state
  if (fitting[state as keyof typeof fitting]?.includes(verdict)) return []
  const { orderUid } = order
  const kind = order.status === 'cancelled' && verdict === 'held' ? 'not_returned' : 'other'
  const sentence = `${nameOf(order)} is ${order.status ?? order.state}, and the product service's verdict is ${verdict}.`
  return [{ kind, about: `verdict ${orderUid}`, sentence, orderUid }]
}

function judgeLines(order: OrderFacts, allocation: AllocationFacts | undefined): Difference[] {
  const counts = allocation?.verdict === 'held' || allocation?.verdict === 'released'
  if (!order.orderId || !counts || describe(order.lines) === describe(allocation.lines)) return []
  const { orderUid } = order
  const [ours, theirs] = [describe(order.lines), describe(allocation.lines)]
  const sentence = `${nameOf(order)} has the lines ${ours}; the product service allocated ${theirs}.`
  return [{ kind: 'other', about: `lines ${orderUid}`, sentence, orderUid }]
}

function judgeTotal(order: OrderFacts): Difference[] {
  if (order.totalAmount === null) return []
  const cents = order.lines.reduce((sum, { price, quantity }) => sum + toCents(price) * BigInt(quantity), 0n)
  if (toCents(order.totalAmount) === cents) return []
  const { orderUid } = order
  const sentence = `${nameOf(order)} has a total of ${order.totalAmount}; its items add up to ${cents} cents.`
  return [{ kind: 'other', about: `total ${orderUid}`, sentence, orderUid }]
}

function nameOf({ orderId, orderUid }: OrderFacts): string {
  return orderId ? `Order ${orderId} (${orderUid})` : `Placement ${orderUid}`
}

function describe(lines: Line[]): string {
  return lines
    .map(({ productId, quantity, price }) => `${quantity} × product ${productId} at ${price}`)
    .join(', ')
}

/** A numeric of two decimals as text, in cents. */
function toCents(amount: string): bigint {
  return BigInt(amount.replace('.', ''))
}
