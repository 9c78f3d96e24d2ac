import { Problem } from '@tallyshop/service-kit/problems'
import {
  KeyReused,
  MoveNotAllowed,
  OrderingUnavailable,
  OrderNotFound,
  OutcomePending,
  PlacementInProgress,
} from '../domain/errors.ts'

export const orderNotFound = new Problem(404, 'order_not_found', 'Order not found')

/** The one table from what the domain says to what a caller sees. */
export function orderProblems(error: unknown): Problem | undefined {
  if (error instanceof OrderNotFound) return orderNotFound
  if (error instanceof MoveNotAllowed) {
    return new Problem(409, 'move_not_allowed', error.message, { facts: { from: error.from, to: error.to } })
  }
  if (error instanceof KeyReused) {
    return new Problem(422, 'idempotency_key_reused', 'This Idempotency-Key belongs to another request.')
  }
  if (error instanceof PlacementInProgress) {
    return retryLater(
      409,
      'in_progress',
      'This order is being placed at this moment. Ask again with the same key.',
    )
  }
  if (error instanceof OutcomePending) {
    const detail =
      'Whether this order is placed is not settled yet. Ask again with the same Idempotency-Key and body.'
    return retryLater(503, 'outcome_pending', detail)
  }
  if (error instanceof OrderingUnavailable) {
    return retryLater(
      503,
      'unavailable',
      'Orders cannot be taken at the moment. Nothing was noted; try again soon.',
    )
  }
  return undefined
}

function retryLater(status: number, code: string, detail: string): Problem {
  return new Problem(status, code, detail, { headers: { 'retry-after': '1' } })
}
