import type { OrderStatus } from './order.ts'

/** No order has this id, it was deleted, or the asker may not know of it. */
export class OrderNotFound extends Error {
  override name = 'OrderNotFound'
}

/** The order's status does not lead to the wanted one. */
export class MoveNotAllowed extends Error {
  override name = 'MoveNotAllowed'
  readonly from: OrderStatus
  readonly to: OrderStatus

  constructor(from: OrderStatus, to: OrderStatus) {
    super(`An order that is ${from} cannot become ${to}.`)
    this.from = from
    this.to = to
  }
}

/** The key belongs to another request. */
export class KeyReused extends Error {
  override name = 'KeyReused'
}

/** The same request is being worked on at this moment; its answer is near. */
export class PlacementInProgress extends Error {
  override name = 'PlacementInProgress'
}

/** The order was noted, and whether it gets its stock is not known yet: it will be settled, asked for again or not. */
export class OutcomePending extends Error {
  override name = 'OutcomePending'
}

/** Orders cannot be taken at the moment; nothing was noted. */
export class OrderingUnavailable extends Error {
  override name = 'OrderingUnavailable'
}

/** The product service gave no verdict: it may have acted, or not. */
export class NoVerdict extends Error {
  override name = 'NoVerdict'
}
