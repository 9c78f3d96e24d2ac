import type { Difference } from './reconcile.ts'
import type { AllocationFacts, Line, OrderFacts } from './snapshots.ts'

/** `inMotion`: not settled yet, and the units that are held for it without being sold. */
export type Judgement = { differences: Difference[]; inMotion?: Line[] }

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
  const held = allocation?.verdict === 'held' ? allocation.lines : []
  if (!order) return { differences: held.length > 0 ? [heldForNobody(allocation?.orderUid ?? '')] : [] }
  const wrongTotal = judgeTotal(order)
  // Placing: the verdict stands and the order is not there yet. Release due: cancelled, and the stock not yet back.
  if (order.state === 'placing' || order.stockState === 'release_due') {
    return { differences: wrongTotal, inMotion: held }
  }
  const differences = [...judgeVerdict(order, allocation), ...judgeLines(order, allocation), ...wrongTotal]
  return { differences }
}

function judgeVerdict(order: OrderFacts, allocation: AllocationFacts | undefined): Difference[] {
  const verdict = allocation?.verdict ?? 'none'
  const state = order.state === 'placed' ? order.stockState : order.state
  if (fitting[state as keyof typeof fitting]?.includes(verdict)) return []
  const kind = order.status === 'cancelled' && verdict === 'held' ? 'not_returned' : 'other'
  const sentence = `${nameOf(order)} is ${order.status ?? order.state}, and the product service's verdict is ${verdict}.`
  return [{ kind, sentence, orderUid: order.orderUid }]
}

function judgeLines(order: OrderFacts, allocation: AllocationFacts | undefined): Difference[] {
  const counts = allocation?.verdict === 'held' || allocation?.verdict === 'released'
  if (!order.orderId || !counts || describe(order.lines) === describe(allocation.lines)) return []
  const [ours, theirs] = [describe(order.lines), describe(allocation.lines)]
  const sentence = `${nameOf(order)} has the lines ${ours}; the product service allocated ${theirs}.`
  return [{ kind: 'other', sentence, orderUid: order.orderUid }]
}

function judgeTotal(order: OrderFacts): Difference[] {
  if (order.totalAmount === null) return []
  const cents = order.lines.reduce((sum, { price, quantity }) => sum + toCents(price) * BigInt(quantity), 0n)
  if (toCents(order.totalAmount) === cents) return []
  const sentence = `${nameOf(order)} has a total of ${order.totalAmount}; its items add up to ${cents} cents.`
  return [{ kind: 'other', sentence, orderUid: order.orderUid }]
}

function heldForNobody(orderUid: string): Difference {
  const sentence = `Stock is held for ${orderUid}, which the order service does not know; somebody may have been told of it.`
  return { kind: 'other', sentence, orderUid }
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
