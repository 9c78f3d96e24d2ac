import { type Deed, type Told, type ToldAnswer, toldAnswer } from './deeds.ts'
import type { Evidence } from './evidence.ts'
import type { AddFinding } from './finding.ts'

/** A transaction may begin so long before it decides: it waits for locks, or its process stands still. */
const windowMs = 30_000

/**
 * `I8`: nobody was refused what was there. What a refusal tells must be less than was wanted, and a balance that the
 * ledger had at that time; a price that it tells, and each price of an order, must be one that the product had then.
 */
export function judgeRefusals(evidence: Evidence, add: AddFinding): void {
  const known = { ...evidence, balances: balancesOf(evidence) }
  for (const deed of evidence.deeds.of('order')) {
    const answer = toldAnswer(deed.sent)
    if (answer?.told.refusal?.code === 'out_of_stock') judgeShortage(deed, answer, known, add)
    else if (answer) judgePrices(deed, answer, evidence, add)
  }
}

/** How many were refused although the stock and the units on their way back into it would have sufficed. */
export function countHastyRefusals({ deeds, wishesOf, orders, product }: Evidence): number {
  const returning = new Map<number, { from: number; until: number; units: number }[]>()
  for (const { productId, delta, reason, uid, at } of product.movements) {
    const cancelledAt = uid === null ? undefined : orders.get(uid)?.updatedAt
    if (reason !== 'cancellation' || !cancelledAt) continue
    returning.set(productId, [
      ...(returning.get(productId) ?? []),
      { from: cancelledAt, until: at, units: delta },
    ])
  }
  return deeds.of('order').filter((deed) => {
    const refusal = refusalOf(deed)
    const at = product.allocations.get(wishesOf.get(deed.operation)?.[0]?.uid ?? '')?.createdAt
    if (refusal?.code !== 'out_of_stock' || at === undefined) return false
    return refusal.lines.every(({ product_id: id = 0, wanted = 0, available = 0 }) => {
      const onTheirWay = (returning.get(id) ?? []).filter(({ from, until }) => from <= at && at < until)
      return onTheirWay.reduce((sum, { units }) => sum + units, available) >= wanted
    })
  }).length
}

type Balances = Map<number, { at: number; balance: number }[]>
type Known = Evidence & { balances: Balances }

function judgeShortage(
  deed: Deed,
  { at, told: { refusal } }: ToldAnswer,
  { wishesOf, product, balances, deletions }: Known,
  add: AddFinding,
): void {
  const decidedAt = product.allocations.get(wishesOf.get(deed.operation)?.[0]?.uid ?? '')?.createdAt
  if (refusal?.lines.length === 0) add('I8', `Operation ${deed.operation} was refused without a reason.`)
  for (const { product_id: id = 0, wanted = 0, available = 0 } of refusal?.lines ?? []) {
    const called = `Operation ${deed.operation} was refused ${wanted} of product ${id}, with ${available} there`
    const asked = unitsAsked(deed, id)
    if (asked !== wanted) add('I8', `${called}, and asked for ${asked}.`)
    if (available >= wanted) add('I8', `${called}.`)
    const isGone = available === 0 && (deletions.get(id)?.from ?? Number.POSITIVE_INFINITY) <= at
    if (decidedAt === undefined || isGone || hadBalance(balances.get(id) ?? [], decidedAt, available))
      continue
    add('I8', `${called}, which was its stock at no time around.`)
  }
}

function hadBalance(balances: { at: number; balance: number }[], at: number, wanted: number): boolean {
  const before = balances.findLast((one) => one.at < at - windowMs)
  const around = balances.filter((one) => Math.abs(one.at - at) <= windowMs)
  return [...(before ? [before] : []), ...around].some(({ balance }) => balance === wanted)
}

function judgePrices(
  { operation, sent }: Deed,
  { at, told }: ToldAnswer,
  { prices }: Evidence,
  add: AddFinding,
): void {
  const had = (id: number, price: string) => prices.had(id, price, sent[0]?.at ?? 0, at)
  const expected = new Map<number, string[]>()
  for (const { product_id: id, price_at_purchase: price } of sent[0]?.body.items ?? []) {
    if (price !== undefined) expected.set(id, [...(expected.get(id) ?? []), price.toFixed(2)])
  }
  for (const { product_id: id = 0, expected: said = 0, current = 0 } of told.refusal?.lines ?? []) {
    const price = current.toFixed(2)
    const isReason = expected.get(id)?.includes(said.toFixed(2)) && said !== current
    if (!isReason)
      add('I8', `Operation ${operation} was refused for a price of ${said} that it did not name.`)
    if (!had(id, price)) add('I8', `Operation ${operation} was told the price ${price}, which it was not.`)
  }
  for (const [, product, price = ''] of told.lines?.matchAll(/(\d+)\*\d+@(\S+)/g) ?? []) {
    const id = Number(product)
    if (!had(id, price)) add('I7', `Operation ${operation} bought at ${price}, which was not the price.`)
    if (expected.get(id)?.some((one) => one !== price)) {
      add(
        'I7',
        `Operation ${operation} was shown ${expected.get(id)} for product ${id} and bought at ${price}.`,
      )
    }
  }
}

function balancesOf({ product }: Evidence): Balances {
  const balances: Balances = new Map()
  for (const { productId, at, balance } of product.movements) {
    const known = balances.get(productId)
    if (known) known.push({ at, balance })
    else balances.set(productId, [{ at, balance }])
  }
  return balances
}

function unitsAsked({ sent }: Deed, productId: number): number {
  const lines: { product_id: number; quantity: number }[] = sent[0]?.body.items ?? []
  return lines.reduce((sum, { product_id: id, quantity }) => sum + (id === productId ? quantity : 0), 0)
}

function refusalOf({ sent }: Deed): Told['refusal'] {
  return toldAnswer(sent)?.told.refusal
}
