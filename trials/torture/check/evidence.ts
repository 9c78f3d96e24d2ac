import type { Deeds } from './deeds.ts'
import { type Deletion, deletionsOf } from './deletions.ts'
import type { OrderFacts, ProductFacts, WishRow } from './facts.ts'
import { Prices } from './prices.ts'

/** What is judged: the history, and both databases. */
export type Evidence = {
  deeds: Deeds
  orders: OrderFacts
  product: ProductFacts
  /** By the number of the operation in their address. */
  wishesOf: Map<number, WishRow[]>
  /** Of products, by their ids. */
  deletions: Map<number, Deletion>
  prices: Prices
  /** Nothing is asked for any more, and nothing may be in motion. */
  quiet: boolean
  /** Settling while it was looked at: the databases may differ for now. */
  inMotion: (uid: string) => boolean
}

/** `inMotion` is given where the shop is not quiet. */
export function gatherEvidence(
  { deeds, orders, product }: Pick<Evidence, 'deeds' | 'orders' | 'product'>,
  inMotion?: Evidence['inMotion'],
): Evidence {
  return {
    deeds,
    orders,
    product,
    quiet: inMotion === undefined,
    inMotion: inMotion ?? (() => false),
    wishesOf: byOperation(orders),
    deletions: deletionsOf(deeds),
    prices: new Prices(deeds, product),
  }
}

/** The operation that an address names, as the load writes it. */
export function operationIn(address: string | null | undefined): number | undefined {
  const number = /^operation (\d+)$/.exec(address ?? '')?.[1]
  return number === undefined ? undefined : Number(number)
}

function byOperation(orders: OrderFacts): Map<number, WishRow[]> {
  const found = new Map<number, WishRow[]>()
  for (const wish of orders.values()) {
    const operation = operationIn(wish.address)
    if (operation === undefined) continue
    const others = found.get(operation)
    if (others) others.push(wish)
    else found.set(operation, [wish])
  }
  return found
}
