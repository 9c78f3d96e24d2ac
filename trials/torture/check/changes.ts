import type { Deed, Sent } from './deeds.ts'
import type { Evidence } from './evidence.ts'
import type { WishRow } from './facts.ts'
import type { AddFinding } from './finding.ts'

const forward = ['pending', 'processing', 'shipped', 'delivered']

/** `lost`: a cancellation, a move or a deletion that was acknowledged and did not stay, or an order that was not found. */
export function judgeChanges(evidence: Evidence, add: AddFinding): void {
  const byId = ordersToldOf(evidence)
  const deletions = new Map<number, number>()
  for (const deed of evidence.deeds.of('delete_order')) {
    for (const sent of deed.sent) {
      const id = orderIn(sent) ?? 0
      deletions.set(id, Math.min(sent.at, deletions.get(id) ?? Number.POSITIVE_INFINITY))
    }
  }
  for (const deed of evidence.deeds.of('cancel', 'move', 'delete_order', 'read')) {
    for (const sent of deed.sent) {
      const id = orderIn(sent)
      const order = id === undefined ? undefined : byId.get(id)
      if (order && sent.answer) judgeChange(deed, sent, order, deletions.get(order.orderId ?? 0), add)
    }
  }
}

function judgeChange(
  { operation, kind }: Deed,
  { at, path, answer }: Sent,
  order: WishRow,
  deletedAt: number | undefined,
  add: AddFinding,
): void {
  const status = answer?.status
  const wanted = /new_status=(\w+)/.exec(path)?.[1]
  const called = `Order ${order.orderId}, by operation ${operation},`
  if (status === 404 && (deletedAt === undefined || deletedAt > (answer?.at ?? at))) {
    add('lost', `${called} was not found, and nobody had deleted it.`)
  }
  if (kind === 'delete_order' && status === 204 && !order.isDeleted)
    add('lost', `${called} was deleted and is there.`)
  if (!wanted || status !== 200) return
  const reached =
    wanted === 'cancelled'
      ? order.status === 'cancelled'
      : forward.indexOf(order.status ?? '') >= forward.indexOf(wanted) ||
        (wanted === 'processing' && order.status === 'cancelled')
  if (!reached) add('lost', `${called} became ${wanted} and is ${order.status}.`)
}

/** Orders by the id that a client was told; none where an id was given twice. */
function ordersToldOf({ deeds, wishesOf }: Evidence): Map<number, WishRow> {
  const told = new Map<number, WishRow>()
  const ambiguous = new Set<number>()
  for (const deed of deeds.of('order')) {
    const id = deed.sent.find(({ answer }) => answer?.status === 201)?.answer?.told?.orderId
    if (id === undefined) continue
    const wish = wishesOf.get(deed.operation)?.find(({ orderId }) => orderId === id)
    if (told.has(id)) ambiguous.add(id)
    if (wish) told.set(id, wish)
  }
  for (const id of ambiguous) told.delete(id)
  return told
}

function orderIn({ path }: Sent): number | undefined {
  const id = /^\/orders\/(\d+)/.exec(path)?.[1]
  return id === undefined ? undefined : Number(id)
}
