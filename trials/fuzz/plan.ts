import { createHash } from 'node:crypto'
import fc, { type Arbitrary } from 'fast-check'
import type { Operation } from './contracts.ts'
import type { PlannedRequest } from './planned-request.ts'
import { requestsOf, strangeRequests } from './requests.ts'
import { makeUploads, type Upload } from './uploads.ts'
import { type Hints, prices } from './values.ts'

/** The n-th request of a seed, whatever was answered to those before: a seed repeats a run. */
export type Plan = {
  requestAt: (index: number) => PlannedRequest
  /** What generated it, to be shrunk: with `sampleSeed(index)` its first value is requestAt(index). */
  arbitraryAt: (index: number) => Arbitrary<PlannedRequest>
  sampleSeed: (index: number) => number
}

/** What a run begins with: products 1 to 30 at known prices, with little, much and all the stock that may be. */
export const firstProducts = Array.from({ length: 30 }, (_, index) => ({
  name: `Product ${index + 1}`,
  price: priceOf(index + 1),
  stock_quantity: [1_000_000_000, 500_000, 1_000_000, 20][index % 4] ?? 0,
}))

/** Ids and keys come from a window that moves along, so that most of them exist and some are met again soon. */
const eraLength = 500

export async function makePlan(seed: number, operations: Operation[]): Promise<Plan> {
  const uploads = await makeUploads()
  const sampleSeed = (index: number) => (seed ^ Math.imul(index + 1, 0x9e3779b1)) | 0
  let era = -1
  let arbitrary: Arbitrary<PlannedRequest>
  const arbitraryAt = (index: number) => {
    if (Math.floor(index / eraLength) !== era) {
      era = Math.floor(index / eraLength)
      arbitrary = anyRequest(operations, hintsOf(seed, era), uploads)
    }
    return arbitrary
  }
  const requestAt = (index: number) => {
    const [request] = fc.sample(arbitraryAt(index), { seed: sampleSeed(index), numRuns: 1 })
    if (!request) throw new Error('fast-check gave no request.')
    return request
  }
  return { requestAt, arbitraryAt, sampleSeed }
}

/** How often an operation is asked for, where not three times. */
const weights: Record<string, number> = {
  'product POST /products': 4,
  'product GET /products': 4,
  'product PUT /products/{product_id}': 5,
  'product POST /products/{product_id}/stock-adjustments': 5,
  'product DELETE /products/{product_id}': 0.5,
  'product POST /products/{product_id}/upload-image': 2,
  'order POST /orders': 14,
  'order PATCH /orders/{order_id}/status': 8,
}

function anyRequest(
  operations: Operation[],
  era: Hints,
  uploads: Arbitrary<Upload>,
): Arbitrary<PlannedRequest> {
  const usual = operations.map((operation) => {
    const isShop = /product_id|order|products/.test(operation.path)
    const weight = (weights[operation.name] ?? (isShop ? 3 : 0.5)) * 2
    // The first products stay what they are, so that orders for them can be right.
    const hints = changesProducts.test(operation.name)
      ? { ...era, product_id: era.later_id ?? fc.nat() }
      : era
    return { weight, arbitrary: requestsOf(operation, hints, uploads) }
  })
  return fc.oneof(...usual, { weight: 4, arbitrary: strangeRequests })
}

const changesProducts = /^product (PUT|DELETE) \/products\//

function hintsOf(seed: number, era: number): Hints {
  const product = between(1, firstProducts.length)
  const later = between(firstProducts.length - 5, firstProducts.length + era * 10)
  const order = between(1, 5 + era * ordersPerEra)
  const uid = between(era * 20, era * 20 + 25).map((n) => uuidOf(`${seed} ${n}`))
  return {
    product_id: fc.oneof(product, later),
    later_id: later,
    order_id: order,
    after: order,
    order_uid: uid,
    key: uid,
    user_id: fc.integer({ min: 1, max: 5 }),
    price: fc.constantFrom(...prices),
    items: rightLines(product, 'price_at_purchase'),
    lines: rightLines(product, 'expected_price'),
    search: fc.constantFrom('o', 'product', '%', '_', '\\', ''),
  }
}

/** Fewer than are placed while an era's requests are sent, so that most of these ids exist. */
const ordersPerEra = 10

/** Evenly: by itself fast-check prefers the ends. */
function between(min: number, max: number): Arbitrary<number> {
  return fc.noBias(fc.integer({ min, max }))
}

/** A few lines, some of one product, at the price that was shown or at none. */
function rightLines(product: Arbitrary<number>, priceField: string): Arbitrary<unknown> {
  const line = fc
    .tuple(product, fc.integer({ min: 1, max: 9 }), fc.boolean())
    .map(([id, quantity, says]) => ({ product_id: id, quantity, ...(says && { [priceField]: priceOf(id) }) }))
  return fc.array(line, { minLength: 1, maxLength: 3 })
}

function priceOf(productId: number): number {
  return prices[productId % prices.length] ?? 1
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}
