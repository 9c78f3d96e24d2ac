import type { Deed, Sent, Told } from './deeds.ts'
import type { Evidence } from './evidence.ts'
import type { WishRow } from './facts.ts'
import type { AddFinding } from './finding.ts'

/**
 * What clients were told of orders, beside what is there. `lost`: acknowledged and not there, or not so; `doubled`: one
 * wish noted twice; `I3`: there, though its client was told that it is not; `I4`: one key and several answers.
 */
export function judgeAcknowledged(evidence: Evidence, add: AddFinding): void {
  for (const deed of evidence.deeds.of('order')) {
    const wishes = evidence.wishesOf.get(deed.operation) ?? []
    const finals = deed.sent.flatMap(({ answer }) => answer?.told ?? [])
    judgeCount(deed, wishes, add)
    judgeFinals(deed, finals, wishes, add)
    const acknowledged = deed.sent.find(({ answer }) => answer?.status === 201)
    if (acknowledged) judgePresence(deed, acknowledged, wishes, add)
    else if (finals.length > 0) judgeAbsence(deed, wishes, add)
  }
  for (const [operation, wishes] of evidence.quiet ? evidence.wishesOf : []) {
    const unasked = !evidence.deeds.byOperation.has(operation)
    if (unasked) add('I3', `${nameOf(wishes[0])} is there, and nobody asked for it.`)
  }
}

/** A key belongs to one order for ever: another order under it is refused, and repeating the first never is. */
export function judgeKeyReuse({ deeds, wishesOf }: Evidence, add: AddFinding): void {
  for (const deed of deeds.of('reused_key')) {
    for (const wish of wishesOf.get(deed.operation) ?? []) {
      add(
        'key reuse',
        `Operation ${deed.operation} used the key ${wish.key} of another, and is noted as ${wish.uid}.`,
      )
    }
    for (const { key, answer } of deed.sent) {
      const { status = 500, code } = answer ?? {}
      if (answer && status < 500 && !(status === 422 && code === 'idempotency_key_reused')) {
        add('key reuse', `Another order under the key ${key} was answered ${status} ${answer.text ?? code}.`)
      }
    }
  }
  for (const deed of deeds.of('order')) {
    const refused = deed.sent.some(({ answer }) => answer?.code === 'idempotency_key_reused')
    if (refused) {
      add(
        'key reuse',
        `Operation ${deed.operation} repeated its order and was told that the key is another's.`,
      )
    }
  }
}

/** However often it was sent. A client without a key sends again only where it was told that nothing was noted. */
function judgeCount({ operation, sent }: Deed, wishes: WishRow[], add: AddFinding): void {
  for (const { uid, orders } of wishes) {
    if (orders > 1) add('doubled', `Operation ${operation} (${uid}) became ${orders} orders.`)
  }
  if (wishes.length < 2) return
  const uids = wishes.map(({ uid, state }) => `${uid} ${state}`).join(', ')
  add(
    'doubled',
    `Operation ${operation} (key ${sent[0]?.key ?? 'none'}) is noted ${wishes.length} times: ${uids}.`,
  )
}

function judgeFinals(deed: Deed, finals: Told[], wishes: WishRow[], add: AddFinding): void {
  const digests = new Set(finals.map(({ digest }) => digest))
  const tokens = new Set(finals.map(({ token }) => token))
  const { operation } = deed
  if (digests.size > 1) add('I4', `Operation ${operation} was given ${digests.size} different final answers.`)
  else if (tokens.size > 1) add('I4', `Operation ${operation} was given ${tokens.size} different tokens.`)
  const [wish] = wishes
  if (!wish || finals.length === 0) return
  if (wish.answerDigest !== finals[0]?.digest) {
    add('I4', `Operation ${operation} was told something else than is stored for ${wish.uid}.`)
  }
  const keys = new Set(
    deed.sent.flatMap(({ key, answer }) => [key, answer?.key]).filter((key) => key !== undefined),
  )
  if (keys.size > 1 && deed.sent[0]?.key !== undefined) {
    add('I4', `Operation ${operation} sent one key and was returned ${keys.size - 1} others.`)
  }
  if (finals.length > 0 && !keys.has(wish.key))
    add('I4', `${nameOf(wish)} is stored under the key ${wish.key}.`)
}

function judgePresence(deed: Deed, { body, answer }: Sent, wishes: WishRow[], add: AddFinding): void {
  const told = answer?.told
  const wish = wishes.find(({ orderId }) => orderId !== null && orderId === told?.orderId)
  const called = `Operation ${deed.operation} (order ${told?.orderId})`
  if (!told || !wish) {
    add('lost', `${called} was acknowledged and is not there.`)
    return
  }
  if (wish.state !== 'placed') add('lost', `${called} was acknowledged and is ${wish.state}.`)
  if (told.token === undefined) add('I4', `${called} was acknowledged without the token that opens it.`)
  const differing = [
    ['status', told.status, 'pending'],
    ['total', told.total, wish.total],
    ['items', told.lines, wish.lines],
    ['address', told.address, wish.address],
  ].filter(([, said, there]) => said !== there)
  for (const [what, said, there] of differing) {
    add('lost', `${called} was acknowledged with ${what} ${said}; there is ${there}.`)
  }
  const [wanted, given] = [wantedUnits(body.items), told.lines?.replace(/@\S+/g, '')]
  if (wanted !== given) add('lost', `${called} asked for ${wanted} and was given ${given}.`)
}

function judgeAbsence({ operation }: Deed, wishes: WishRow[], add: AddFinding): void {
  const order = wishes.find(({ orderId }) => orderId !== null)
  if (order) add('I3', `${nameOf(order)} is there, and operation ${operation} was told that it is not.`)
}

/** What a body asks for: `12*3 14*1`, lines of one product added up. */
function wantedUnits(items: { product_id: number; quantity: number }[]): string {
  const units = new Map<number, number>()
  for (const { product_id: id, quantity } of items) units.set(id, (units.get(id) ?? 0) + quantity)
  return [...units]
    .sort(([a], [b]) => a - b)
    .map(([id, quantity]) => `${id}*${quantity}`)
    .join(' ')
}

function nameOf(wish: WishRow | undefined): string {
  return wish?.orderId ? `Order ${wish.orderId} (${wish.uid})` : `Placement ${wish?.uid}`
}
