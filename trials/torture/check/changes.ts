import type { Deed, Sent } from './deeds.ts'
import type { Evidence } from './evidence.ts'
import type { WishRow } from './facts.ts'
import type { AddFinding } from './finding.ts'

const forward = ['pending', 'processing', 'shipped', 'delivered']

/**
 * `lost`: a cancellation, a move or a deletion that was acknowledged and did not stay, one that nobody asked for, or an
 * order that was not found. `I6`: deleted, and its stock is held still. `I8`: refused a change that it was open to.
 */
export function judgeChanges(evidence: Evidence, add: AddFinding): void {
  const byId = ordersToldOf(evidence)
  const asked = changesAsked(evidence)
  for (const deed of evidence.deeds.of('cancel', 'move', 'delete_order', 'read')) {
    for (const sent of deed.sent) {
      const order = byId.get(orderIn(sent) ?? 0)
      const deletedAt = asked.get(order?.orderId ?? 0)?.get('deleted')
      if (order && sent.answer) judgeChange(deed, sent, order, deletedAt, add)
    }
  }
  for (const order of evidence.quiet ? evidence.orders.values() : []) {
    if (order.orderId !== null) judgeUnasked(order, asked.get(order.orderId) ?? new Map(), add)
  }
}

function judgeChange(
  { operation, kind }: Deed,
  sent: Sent,
  order: WishRow,
  deletedAt: number | undefined,
  add: AddFinding,
): void {
  const { at, answer } = sent
  const status = answer?.status
  const wanted = wantedIn(sent)
  const called = `Order ${order.orderId}, by operation ${operation},`
  const mayBeGone = order.isDeleted && deletedAt !== undefined && deletedAt <= (answer?.at ?? at)
  if (status === 404 && !mayBeGone) add('lost', `${called} was not found, and nobody had deleted it.`)
  if (kind === 'delete_order' && status === 204) judgeDeletion(called, order, add)
  if (wanted && status === 409 && isOpenTo(wanted, order))
    add('I8', `${called} could not become ${wanted}, and is ${order.status}.`)
  if (!wanted || status !== 200) return
  const reached =
    wanted === 'cancelled'
      ? order.status === 'cancelled'
      : forward.indexOf(order.status ?? '') >= forward.indexOf(wanted) ||
        (wanted === 'processing' && order.status === 'cancelled')
  if (!reached) add('lost', `${called} became ${wanted} and is ${order.status}.`)
}

function judgeDeletion(called: string, { isDeleted, status }: WishRow, add: AddFinding): void {
  if (!isDeleted) add('lost', `${called} was deleted and is there.`)
  if (status === 'pending' || status === 'processing') add('I6', `${called} was deleted and is ${status}.`)
}

function isOpenTo(wanted: string, { status }: WishRow): boolean {
  if (wanted === 'cancelled') return status === 'pending' || status === 'processing'
  return status !== 'cancelled' && forward.indexOf(status ?? '') < forward.indexOf(wanted)
}

function judgeUnasked(
  { orderId, uid, status, isDeleted }: WishRow,
  asked: Map<string, number>,
  add: AddFinding,
): void {
  const called = `Order ${orderId} (${uid})`
  if (isDeleted && !asked.has('deleted')) add('lost', `${called} was deleted, and nobody asked for that.`)
  const mayBe = status === 'pending' || asked.has(status ?? '')
  if (!mayBe && !(status === 'cancelled' && asked.has('deleted')))
    add('lost', `${called} is ${status}, and nobody asked for that.`)
}

/** By order: what anybody wanted it to become, and when that was first asked. */
function changesAsked({ deeds }: Evidence): Map<number, Map<string, number>> {
  const asked = new Map<number, Map<string, number>>()
  for (const { kind, sent } of deeds.of('cancel', 'move', 'delete_order')) {
    for (const one of sent) {
      const id = orderIn(one) ?? 0
      const change = kind === 'delete_order' ? 'deleted' : (wantedIn(one) ?? '')
      const first = asked.get(id) ?? new Map<string, number>()
      asked.set(id, first.set(change, Math.min(one.at, first.get(change) ?? Number.POSITIVE_INFINITY)))
    }
  }
  return asked
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

function wantedIn({ path }: Sent): string | undefined {
  return /new_status=(\w+)/.exec(path)?.[1]
}
