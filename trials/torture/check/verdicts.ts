import { abandonAfterMs } from '../patches/hurried.ts'
import type { Evidence } from './evidence.ts'
import type { AllocationRow, WishRow } from './facts.ts'
import type { AddFinding } from './finding.ts'

/**
 * Each wish beside its verdict: `I5` they fit, `I6` nothing is held for nobody, `I7` total, items and allocated lines are the
 * same, `I8` nothing is called off early, `I9` what was cancelled has its stock back, `unknown` nothing is being placed any
 * more. Of what is in motion nothing is said but that its verdict has its wish.
 */
export function judgeVerdicts(evidence: Evidence, add: AddFinding): void {
  const { orders, product, inMotion } = evidence
  for (const wish of orders.values()) {
    if (inMotion(wish.uid)) continue
    const allocation = product.allocations.get(wish.uid)
    if (wish.state === 'placing')
      add('unknown', `${nameOf(wish)} is still being placed; ${verdictOf(allocation)}.`)
    else if (wish.stockState === 'release_due') {
      add('I9', `${nameOf(wish)} is cancelled and its stock not back; ${verdictOf(allocation)}.`)
    } else judgeFit(wish, allocation, add)
    judgeAmounts(wish, allocation, add)
    judgePatience(wish, allocation, add)
  }
  for (const { uid, verdict } of product.allocations.values()) {
    if (orders.has(uid)) continue
    if (verdict === 'held') add('I6', `Stock is held for ${uid}, which order_db does not know.`)
    else add('I5', `A verdict (${verdict}) stands for ${uid}, which order_db does not know.`)
  }
}

function judgeFit(wish: WishRow, allocation: AllocationRow | undefined, add: AddFinding): void {
  const fits = isFit(wish, allocation?.verdict)
  if (fits) return
  const heldForNobody =
    allocation?.verdict === 'held' && (wish.state !== 'placed' || wish.status === 'cancelled')
  add(
    heldForNobody ? 'I6' : 'I5',
    `${nameOf(wish)} is ${wish.status ?? wish.state}; ${verdictOf(allocation)}.`,
  )
}

function isFit(
  { state, status, stockState }: WishRow,
  verdict: AllocationRow['verdict'] | undefined,
): boolean {
  if (state === 'refused') return verdict === 'rejected'
  if (state === 'abandoned') return verdict === 'void'
  if (status === null) return false
  if (status === 'cancelled') return verdict === 'released' && stockState === 'released'
  return verdict === 'held' && stockState === 'held'
}

function judgeAmounts(wish: WishRow, allocation: AllocationRow | undefined, add: AddFinding): void {
  if (wish.orderId === null) return
  if (wish.total !== wish.itemsTotal) {
    add('I7', `${nameOf(wish)} has a total of ${wish.total}, and its items are ${wish.itemsTotal}.`)
  }
  if (allocation && (wish.lines !== allocation.lines || wish.names !== allocation.names)) {
    const allocated = allocation.names ? `${allocation.lines} (${allocation.names})` : 'none'
    add('I7', `${nameOf(wish)} has the items ${wish.lines} (${wish.names}); allocated were ${allocated}.`)
  }
}

function judgePatience(wish: WishRow, allocation: AllocationRow | undefined, add: AddFinding): void {
  if (wish.state !== 'abandoned' || !allocation) return
  const ageMs = allocation.createdAt - wish.createdAt
  if (ageMs < abandonAfterMs) add('I8', `${nameOf(wish)} was called off after ${Math.round(ageMs)} ms.`)
}

function verdictOf(allocation: AllocationRow | undefined): string {
  return allocation ? `the verdict is ${allocation.verdict}` : 'there is no verdict'
}

function nameOf({ orderId, uid }: WishRow): string {
  return orderId ? `Order ${orderId} (${uid})` : `Placement ${uid}`
}
