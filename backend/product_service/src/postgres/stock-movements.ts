import type { Transaction } from '@tallyshop/service-kit/postgres'

/** A line of the ledger: `balance` is the stock after it. */
export type StockMovement = {
  movementId: number
  productId: number
  delta: number
  reason: string
  orderUid: string | null
  actor: string
  balance: number
  createdAt: Date
}

type NewMovement = Omit<StockMovement, 'movementId' | 'createdAt'>

/** Enters a movement; the caller holds the product's row lock, so that balances follow one another. */
export async function recordMovement(tx: Transaction, movement: NewMovement): Promise<void> {
  const { productId, delta, reason, orderUid, actor, balance } = movement
  await tx`
    insert into stock_movements (product_id, delta, reason, order_uid, actor, balance)
    values (${productId}, ${delta}, ${reason}, ${orderUid}, ${actor}, ${balance})`
}

export type MovementQuery = { limit: number; after?: number }

/** A product's movements, newest first, those before movement `after` where it is given. */
export async function listMovements(
  sql: Transaction,
  productId: number,
  { limit, after = Number.MAX_SAFE_INTEGER }: MovementQuery,
) {
  return sql<StockMovement[]>`
    select movement_id, product_id, delta, reason, order_uid, actor, balance, created_at from stock_movements
    where product_id = ${productId} and movement_id < ${after}
    order by movement_id desc limit ${limit}`
}
