import { type Evidence, operationIn } from './evidence.ts'
import type { AllocationRow, MovementRow } from './facts.ts'
import type { AddFinding } from './finding.ts'

/**
 * `I2`: each stock is the sum of its movements, each balance follows from the one before it, none is below zero, and the
 * movements of an order are what its verdict says.
 */
export function judgeLedger({ product }: Evidence, add: AddFinding): void {
  const { products, allocations, movements } = product
  const balances = new Map<number, number>()
  const moved = new Map<string, MovementRow[]>()
  for (const movement of movements) {
    const { productId, delta, balance, uid } = movement
    const before = balances.get(productId) ?? 0
    if (balance !== before + delta) {
      add(
        'I2',
        `Product ${productId}: ${before} and a movement of ${delta} (${movement.reason}) made ${balance}.`,
      )
    }
    if (balance < 0) add('I2', `Product ${productId} had ${balance} in stock.`)
    balances.set(productId, balance)
    if (uid !== null) moved.set(uid, [...(moved.get(uid) ?? []), movement])
  }
  const sums = sumBy(movements, ({ productId, delta }) => [productId, delta])
  for (const { id, stock } of products.values()) {
    const ledger = sums.get(id) ?? 0
    if (stock !== ledger) add('I2', `Product ${id} has ${stock} in stock; its movements add up to ${ledger}.`)
  }
  for (const allocation of allocations.values()) {
    judgeMoved(allocation, moved.get(allocation.uid) ?? [], add)
    moved.delete(allocation.uid)
  }
  for (const uid of moved.keys()) add('I2', `Stock was moved for ${uid}, about which there is no verdict.`)
}

/**
 * `I1`: what was counted and adjusted, less the units of orders that are not cancelled, is what is in stock. While things
 * are in motion, stock may be too low, and never too high. Nothing is counted but what somebody asked for.
 */
export function judgeStock(evidence: Evidence, add: AddFinding): void {
  const { product, quiet } = evidence
  if (quiet) judgeCounting(evidence, add)
  const counted = sumBy(
    product.movements.filter(({ uid }) => uid === null),
    ({ productId, delta }) => [productId, delta],
  )
  const sold = unitsSold(evidence)
  for (const { id, stock } of product.products.values()) {
    const expected = (counted.get(id) ?? 0) - (sold.get(id) ?? 0)
    if (quiet ? stock !== expected : stock > expected) {
      const by = `${counted.get(id) ?? 0} were counted, ${sold.get(id) ?? 0} are in orders that stand`
      add('I1', `Product ${id} has ${stock} in stock; ${by}.`)
    }
  }
}

/** Stock comes from the opening of a product and from adjustments: the load sends it in no edit. */
function judgeCounting({ deeds, product }: Evidence, add: AddFinding): void {
  const openings = new Map(
    deeds.of('create_product').map(({ sent }) => [sent[0]?.body?.name, sent[0]?.body?.stock_quantity]),
  )
  const opened = new Set<number>()
  for (const { productId, delta, reason, uid } of product.movements) {
    const isFirst = !opened.has(productId)
    opened.add(productId)
    if (uid !== null || deeds.byOperation.get(operationIn(reason) ?? 0)?.kind === 'adjust_stock') continue
    const asked = openings.get(product.products.get(productId)?.name ?? '')
    if (!isFirst || reason !== 'opening' || delta !== asked)
      add(
        'I1',
        `Product ${productId} was counted ${delta} (${reason}); asked for were ${asked} at its opening.`,
      )
  }
}

/** `adjustments`: each that was acknowledged is in the ledger once, each other at most once, none that was refused. */
export function judgeAdjustments({ deeds, product }: Evidence, add: AddFinding): void {
  const byReason = new Map<string, MovementRow[]>()
  for (const movement of product.movements) {
    if (movement.uid !== null || !movement.reason.startsWith('operation ')) continue
    byReason.set(movement.reason, [...(byReason.get(movement.reason) ?? []), movement])
  }
  for (const deed of deeds.of('adjust_stock')) {
    const found = byReason.get(`operation ${deed.operation}`) ?? []
    const statuses = deed.sent.map(({ answer }) => answer?.status)
    const acknowledged = statuses.includes(200)
    const called = `The adjustment of operation ${deed.operation}`
    if (acknowledged && found.length === 0)
      add('adjustments', `${called} was acknowledged and is not in the ledger.`)
    if (found.length > 1) add('adjustments', `${called} is in the ledger ${found.length} times.`)
    const refused = statuses.some((status) => status !== undefined && status >= 400 && status < 500)
    if (refused && found.length > 0) add('adjustments', `${called} was refused and is in the ledger.`)
    const [movement] = found
    const { path = '', body } = deed.sent[0] ?? {}
    const right = movement?.delta === body?.delta && path.includes(`/products/${movement?.productId}/`)
    if (movement && !right) add('adjustments', `${called} entered the ledger as ${JSON.stringify(movement)}.`)
  }
}

function judgeMoved({ uid, verdict, lines }: AllocationRow, moved: MovementRow[], add: AddFinding): void {
  const takes = lines === '' ? [] : unitsIn(lines).map(([id, units]) => `${id} ${-units} order`)
  const returns = unitsIn(lines).map(([id, units]) => `${id} ${units} cancellation`)
  const expected = { held: takes, released: [...takes, ...returns], rejected: [], void: [] }[verdict]
  const actual = moved.map(({ productId, delta, reason }) => `${productId} ${delta} ${reason}`)
  if (expected.toSorted().join() === actual.toSorted().join()) return
  add(
    'I2',
    `${uid} is ${verdict} with the lines ${lines || 'none'}, and moved ${actual.join(', ') || 'nothing'}.`,
  )
}

/** Units of orders that stand, by product. */
function unitsSold({ orders, inMotion }: Evidence): Map<number, number> {
  const sold = new Map<number, number>()
  for (const { uid, status, lines } of orders.values()) {
    if (status === null || status === 'cancelled' || inMotion(uid)) continue
    for (const [id, units] of unitsIn(lines)) sold.set(id, (sold.get(id) ?? 0) + units)
  }
  return sold
}

export function unitsIn(lines: string): [productId: number, units: number][] {
  return [...lines.matchAll(/(\d+)\*(\d+)@/g)].map(([, id, units]) => [Number(id), Number(units)])
}

function sumBy<Item>(items: Item[], part: (item: Item) => [number, number]): Map<number, number> {
  const sums = new Map<number, number>()
  for (const item of items) {
    const [key, amount] = part(item)
    sums.set(key, (sums.get(key) ?? 0) + amount)
  }
  return sums
}
