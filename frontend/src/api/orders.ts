import type { Status } from '../order-status.ts'
import { answer, nextAfter, orderService } from './client.ts'
import type { Page } from './products.ts'
import type { NewOrder, Order, PlacedOrder } from './types.ts'

/** The order of this key, placed now or before: asking again with the same key and body is always safe. */
export async function placeOrder(key: string, body: NewOrder): Promise<PlacedOrder> {
  const headers = { 'Idempotency-Key': key }
  return (await answer(orderService.POST('/orders', { body, headers }))).data
}

type Listing = { status: Status | null; after: number | null; limit?: number; signal?: AbortSignal }

/** One page of the orders, newest first, of one status or of all. */
export async function listOrders({ status, after, limit = 25, signal }: Listing): Promise<Page<Order>> {
  const query = { skip: 0, limit, ...(status && { status }), ...(after && { after }) }
  const { data, response } = await answer(
    orderService.GET('/orders', { params: { query }, ...(signal && { signal }) }),
  )
  return { rows: data, nextAfter: nextAfter(response) }
}

/** The number of the order that a movement of stock belongs to; null where it was deleted. */
export async function findOrderId(orderUid: string): Promise<number | null> {
  const query = { skip: 0, limit: 1, order_uid: orderUid }
  const { data } = await answer(orderService.GET('/orders', { params: { query } }))
  return data[0]?.order_id ?? null
}

/** The order; a guest proves that it is theirs with the token of its link. */
export async function getOrder(id: number, token: string | null, signal?: AbortSignal): Promise<Order> {
  const call = orderService.GET('/orders/{order_id}', {
    params: { path: { order_id: id } },
    headers: proof(token),
    ...(signal && { signal }),
  })
  return (await answer(call)).data
}

/** The order in its new status; a `Problem` of 409 where the move is not allowed (any more). */
export async function moveOrder(id: number, status: Status, token: string | null = null): Promise<Order> {
  const call = orderService.PATCH('/orders/{order_id}/status', {
    params: { path: { order_id: id }, query: { new_status: status } },
    headers: proof(token),
  })
  return (await answer(call)).data
}

/** Takes the order out of the books; one that has not left yet is cancelled by it, so its stock returns. */
export async function deleteOrder(id: number): Promise<void> {
  await answer(orderService.DELETE('/orders/{order_id}', { params: { path: { order_id: id } } }))
}

function proof(token: string | null): Record<string, string> {
  return token ? { 'X-Order-Token': token } : {}
}
