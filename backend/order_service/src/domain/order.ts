export const orderStatuses = ['pending', 'processing', 'shipped', 'delivered', 'cancelled'] as const

export type OrderStatus = (typeof orderStatuses)[number]

/** An order that was taken elsewhere may be recorded as having come this far. */
export const recordableStatuses = ['pending', 'processing', 'shipped'] as const

export type RecordableStatus = (typeof recordableStatuses)[number]

/** Where the stock of an order is: `none` where it was recorded without stock. */
export type StockState = 'held' | 'release_due' | 'released' | 'none'

const forward: readonly OrderStatus[] = ['pending', 'processing', 'shipped', 'delivered']

/** The statuses from which an order may come to `status`: any earlier one; to `cancelled` while nothing is shipped. */
export function sourcesOf(status: OrderStatus): OrderStatus[] {
  return status === 'cancelled' ? ['pending', 'processing'] : forward.slice(0, forward.indexOf(status))
}

export type OrderItem = {
  orderItemId: number
  orderId: number
  productId: number
  /** As it was when it was ordered. */
  productName: string
  quantity: number
  priceAtPurchase: number
  itemTotal: number
  createdAt: Date
  updatedAt: Date | null
}

export type Order = {
  orderId: number
  orderUid: string
  userId: number | null
  status: OrderStatus
  stockState: StockState
  totalAmount: number
  shippingAddress: string | null
  orderDate: Date
  createdAt: Date
  updatedAt: Date | null
  items: OrderItem[]
}

export type NewItem = Pick<
  OrderItem,
  'productId' | 'productName' | 'quantity' | 'priceAtPurchase' | 'itemTotal'
>

/** The price of `quantity` units. Reckoned in cents: a sum of floats drifts. */
export function lineTotal(price: number, quantity: number): number {
  return (toCents(price) * quantity) / 100
}

export function orderTotal(items: Pick<OrderItem, 'itemTotal'>[]): number {
  return items.reduce((cents, { itemTotal }) => cents + toCents(itemTotal), 0) / 100
}

function toCents(amount: number): number {
  return Math.round(amount * 100)
}
