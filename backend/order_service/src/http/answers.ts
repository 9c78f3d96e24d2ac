import type { Order, OrderItem } from '../domain/order.ts'
import type { Answers, Rejection } from '../domain/placement.ts'
import type { OrderItemReply, OrderReply } from './schemas.ts'

/** The final answers to a wish, in the words that are stored and told to whoever asks again. */
export const answers: Answers = {
  placed: (order) => ({ status: 201, body: JSON.stringify(toReply(order)) }),
  refused: ({ code, lines }, requestId) => ({
    status: 409,
    body: JSON.stringify({ detail: refusalInWords[code], code, lines, request_id: requestId }),
  }),
  abandoned: (requestId) => ({
    status: 409,
    body: JSON.stringify({
      detail:
        'This order was called off because it could not be settled in time. Nothing was taken; order again.',
      code: 'abandoned',
      request_id: requestId,
    }),
  }),
}

/** An order as callers see it. */
export function toReply(order: Order): OrderReply {
  return {
    order_id: order.orderId,
    user_id: order.userId,
    status: order.status,
    order_date: order.orderDate,
    total_amount: order.totalAmount,
    shipping_address: order.shippingAddress,
    items: order.items.map(toItemReply),
    created_at: order.createdAt,
    updated_at: order.updatedAt,
  }
}

export function toItemReply(item: OrderItem): OrderItemReply {
  return {
    order_item_id: item.orderItemId,
    order_id: item.orderId,
    product_id: item.productId,
    product_name: item.productName,
    quantity: item.quantity,
    price_at_purchase: item.priceAtPurchase,
    item_total: item.itemTotal,
    created_at: item.createdAt,
    updated_at: item.updatedAt,
  }
}

const refusalInWords: Record<Rejection['code'], string> = {
  out_of_stock: 'There is not enough in stock for this order. Nothing was taken.',
  price_changed: 'Prices have changed since they were shown. Nothing was taken.',
}
