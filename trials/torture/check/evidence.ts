import type { Deed, Deeds, Sent } from './deeds.ts'
import type { OrderFacts, ProductFacts, WishRow } from './facts.ts'

/** A database was set back to its state of `fromMs`, and that happened at `untilMs`: both in the history's time. */
export type Restored = { database: 'product' | 'order'; fromMs: number; untilMs: number }

/** What is judged: the history, and both databases. */
export type Evidence = {
  deeds: Deeds
  orders: OrderFacts
  product: ProductFacts
  /** By the number of the operation in their address. */
  wishesOf: Map<number, WishRow[]>
  /** Nothing is asked for any more, and nothing may be in motion. */
  quiet: boolean
  /** Settling while it was looked at: the databases may differ for now. */
  inMotion: (uid: string) => boolean
  /** True of what a restore may have undone in one of the databases. */
  isShaken: (deed: Deed) => boolean
  isShakenUid: (uid: string) => boolean
}

export type Moments = { restored: Restored[] /** The wall clock when the history began. */; beganAt: number }

const marginMs = 2_000

/** `inMotion` is given where the shop is not quiet. */
export function gatherEvidence(
  { deeds, orders, product }: Pick<Evidence, 'deeds' | 'orders' | 'product'>,
  { restored, beganAt }: Moments,
  inMotion?: Evidence['inMotion'],
): Evidence {
  const touches = (from: number, until: number) =>
    restored.some(({ fromMs, untilMs }) => from <= untilMs + marginMs && until >= fromMs - marginMs)
  const touchesWall = (at: number | undefined) => at !== undefined && touches(at - beganAt, at - beganAt)
  const cancelledAt = new Map<string, number>()
  for (const { uid, reason, at } of restored.length > 0 ? product.movements : []) {
    if (uid !== null && reason === 'cancellation') cancelledAt.set(uid, at)
  }
  return {
    deeds,
    orders,
    product,
    quiet: inMotion === undefined,
    inMotion: inMotion ?? (() => false),
    wishesOf: byOperation(orders),
    isShaken: ({ sent }) => sent.some((one) => touches(one.at, answeredAt(one))),
    isShakenUid: (uid) =>
      touchesWall(orders.get(uid)?.createdAt) ||
      touchesWall(orders.get(uid)?.updatedAt ?? undefined) ||
      touchesWall(product.allocations.get(uid)?.createdAt) ||
      touchesWall(cancelledAt.get(uid)),
  }
}

/** The operation that an address names, as the load writes it. */
export function operationIn(address: string | null | undefined): number | undefined {
  const number = /^operation (\d+)$/.exec(address ?? '')?.[1]
  return number === undefined ? undefined : Number(number)
}

function answeredAt({ at, answer }: Sent): number {
  return answer?.at ?? at
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
