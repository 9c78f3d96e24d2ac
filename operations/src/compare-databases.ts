import type pg from 'pg'
import { judgePair } from './judge-pair.ts'
import { judgeStock } from './judge-stock.ts'
import { pairUp } from './pair-up.ts'
import type { Difference } from './reconcile.ts'
import { readAllocations, readOrders, readStock } from './snapshots.ts'

export type DatabaseCounts = {
  orders: number
  movements: number
  /** Orders that are not settled yet, and need not be. */
  inMotion: number
}

export type Found = {
  add: (differences: Difference[]) => void
  /** Told of each order in motion. */
  moving?: (orderUid: string) => void
}

/** Compares two instants, one of each database: stocks with their ledgers, orders with their allocations. */
export async function compareDatabases(
  product: pg.ClientBase,
  order: pg.ClientBase,
  { add, moving = () => {} }: Found,
): Promise<DatabaseCounts> {
  const counts = { orders: 0, movements: 0, inMotion: 0 }
  for (const stock of await readStock(product)) {
    counts.movements += stock.movements
    add(judgeStock(stock))
  }
  for await (const { left, right } of pairUp(readOrders(order), readAllocations(product), uid)) {
    const { differences, inMotion } = judgePair(left, right)
    if (left?.status) counts.orders += 1
    if (left && inMotion) {
      counts.inMotion += 1
      moving(left.orderUid)
    }
    add(differences)
  }
  return counts
}

const uid = ({ orderUid }: { orderUid: string }) => orderUid
