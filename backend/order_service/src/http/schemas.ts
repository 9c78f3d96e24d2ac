import { ProblemWith } from '@tallyshop/service-kit/openapi'
import { Id, Money, Nullable, OneOf, Text, Timestamp, Uuid } from '@tallyshop/service-kit/schema'
import { type Static, Type } from 'typebox'
import { orderStatuses, recordableStatuses } from '../domain/order.ts'

const OrderLine = Type.Object({
  product_id: Id,
  quantity: Type.Integer({ minimum: 1, maximum: 999 }),
  price_at_purchase: Type.Optional(Nullable(Money({ exclusiveMinimum: 0 }))),
})

export const NewOrder = Type.Object({
  user_id: Type.Optional(Nullable(Id)),
  shipping_address: Type.Optional(Nullable(Text({ maxLength: 1000, block: true }))),
  status: Type.Optional(OneOf(recordableStatuses)),
  items: Type.Array(OrderLine, { minItems: 1, maxItems: 100 }),
})
export type NewOrder = Static<typeof NewOrder>

export const PlaceHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      description: '16 to 255 printable characters, a UUID for guests; kept until the answer is final.',
    }),
  ),
})

export const OrderItemReply = Type.Object({
  order_item_id: Id,
  order_id: Id,
  product_id: Id,
  product_name: Type.String(),
  quantity: Type.Integer(),
  price_at_purchase: Money(),
  item_total: Money(),
  created_at: Timestamp,
  updated_at: Nullable(Timestamp),
})
export type OrderItemReply = Static<typeof OrderItemReply>

export const OrderReply = Type.Object({
  order_id: Id,
  user_id: Nullable(Id),
  status: OneOf(orderStatuses),
  order_date: Timestamp,
  total_amount: Money(),
  shipping_address: Nullable(Type.String()),
  items: Type.Array(OrderItemReply),
  created_at: Timestamp,
  updated_at: Nullable(Timestamp),
})
export type OrderReply = Static<typeof OrderReply>

/** The answer to a placed order: whoever holds the token may read and cancel it. */
export const PlacedOrderReply = Type.Intersect([OrderReply, Type.Object({ order_token: Type.String() })])

const Shortage = Type.Object({ product_id: Id, wanted: Type.Integer(), available: Type.Integer() })

const PriceChange = Type.Object({ product_id: Id, expected: Money(), current: Money() })

/** Why an order gets nothing; or that it is being placed at this moment, or was called off. */
export const RefusedOrderReply = Type.Union([
  ProblemWith({ code: OneOf(['out_of_stock']), lines: Type.Array(Shortage) }),
  ProblemWith({ code: OneOf(['price_changed']), lines: Type.Array(PriceChange) }),
  ProblemWith({ code: OneOf(['in_progress', 'abandoned']) }),
])

export const MoveNotAllowedReply = ProblemWith({ from: OneOf(orderStatuses), to: OneOf(orderStatuses) })

export const OrderList = Type.Array(OrderReply)

export const ItemList = Type.Array(OrderItemReply)

export const OrderPath = Type.Object({ order_id: Id })

export const OrderQuery = Type.Object({
  skip: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 100 }),
  after: Type.Optional(Id),
  user_id: Type.Optional(Id),
  status: Type.Optional(OneOf(orderStatuses)),
  order_uid: Type.Optional(Uuid),
})

export const StatusChange = Type.Object({ new_status: OneOf(orderStatuses) })
