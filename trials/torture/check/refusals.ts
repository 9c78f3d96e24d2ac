import type { Deed, Told } from './deeds.ts'
import type { Evidence } from './evidence.ts'
import type { AddFinding } from './finding.ts'

/** A transaction may begin so long before it decides: it waits for locks, or its process stands still. */
const windowMs = 30_000

/**
 * `I8`: nobody was refused what was there. What a refusal tells must be less than was wanted, and a balance that the
 * ledger had at that time; a price that it tells, and each price of an order, must be one that somebody set.
 */
export function judgeRefusals(evidence: Evidence, add: AddFinding): void {
  const prices = pricesSet(evidence)
  const balances = balancesOf(evidence)
  for (const deed of evidence.deeds.of('order')) {
    const told = deed.sent.find(({ answer }) => answer?.told)?.answer?.told
    if (!told) continue
    if (told.refusal?.code === 'out_of_stock') judgeShortage(deed, told, evidence, balances, add)
    else judgePrices(deed, told, prices, add)
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

function judgeShortage(
  deed: Deed,
  { refusal }: Told,
  { wishesOf, product }: Evidence,
  balances: Balances,
  add: AddFinding,
): void {
  const decidedAt = product.allocations.get(wishesOf.get(deed.operation)?.[0]?.uid ?? '')?.createdAt
  if (refusal?.lines.length === 0) add('I8', `Operation ${deed.operation} was refused without a reason.`)
  for (const { product_id: id = 0, wanted = 0, available = 0 } of refusal?.lines ?? []) {
    const called = `Operation ${deed.operation} was refused ${wanted} of product ${id}, with ${available} there`
    const asked = unitsAsked(deed, id)
    if (asked !== wanted) add('I8', `${called}, and asked for ${asked}.`)
    if (available >= wanted) add('I8', `${called}.`)
    const isGone = available === 0 && product.products.get(id)?.isDeleted !== false
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
  told: Told,
  prices: Map<number, Set<string>>,
  add: AddFinding,
): void {
  const expected = new Map<number, string[]>()
  for (const { product_id: id, price_at_purchase: price } of sent[0]?.body.items ?? []) {
    if (price !== undefined) expected.set(id, [...(expected.get(id) ?? []), price.toFixed(2)])
  }
  for (const { product_id: id = 0, expected: said = 0, current = 0 } of told.refusal?.lines ?? []) {
    const price = current.toFixed(2)
    const isReason = expected.get(id)?.includes(said.toFixed(2)) && said !== current
    if (!isReason)
      add('I8', `Operation ${operation} was refused for a price of ${said} that it did not name.`)
    if (!prices.get(id)?.has(price))
      add('I8', `Operation ${operation} was told the price ${price}, which nobody set.`)
  }
  for (const [, product, price = ''] of told.lines?.matchAll(/(\d+)\*\d+@(\S+)/g) ?? []) {
    const id = Number(product)
    if (!prices.get(id)?.has(price)) add('I7', `Operation ${operation} bought at ${price}, which nobody set.`)
    if (expected.get(id)?.some((one) => one !== price)) {
      add(
        'I7',
        `Operation ${operation} was shown ${expected.get(id)} for product ${id} and bought at ${price}.`,
      )
    }
  }
}

/** Prices that any request set or may have set, and those that stand. */
function pricesSet({ deeds, product }: Evidence): Map<number, Set<string>> {
  const byName = new Map<string, number>()
  const prices = new Map<number, Set<string>>()
  for (const { id, name, price } of product.products.values()) {
    byName.set(name, id)
    prices.set(id, new Set([price]))
  }
  for (const { kind, sent } of deeds.of('create_product', 'edit_price')) {
    for (const { path, body } of sent) {
      const id =
        kind === 'create_product' ? byName.get(body?.name) : Number(/^\/products\/(\d+)/.exec(path)?.[1])
      if (typeof body?.price === 'number') prices.get(id ?? 0)?.add(body.price.toFixed(2))
    }
  }
  return prices
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
  return sent.find(({ answer }) => answer?.told)?.answer?.told?.refusal
}
