import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { OperationKind } from '../history.ts'
import { check } from './check.ts'
import { createSmallShop, keyOf, type SmallShop } from './small-shop.ts'

/** What is planted in a small shop, and the checks that must find it: these and no others. */
export type Plant = [title: string, checks: string[], plant: (shop: SmallShop) => Promise<unknown> | unknown]

/** A test for each plant. */
export function testPlants(plants: Plant[]): void {
  let shop: SmallShop
  before(async () => {
    shop = await createSmallShop()
  })
  after(() => shop.drop())
  beforeEach(() => shop.refill())
  for (const [title, checks, plant] of plants) {
    test(`${checks.length > 0 ? 'found' : 'fine'}: ${title}`, async () => {
      await plant(shop)
      const findings = await check({ ...shop, logFiles: [], secrets: [] })
      const found = [...new Set(findings.map(({ check: name }) => name))].sort()
      assert.deepEqual(found, checks.toSorted(), JSON.stringify(findings, null, 1))
    })
  }
}

export const ofProduct = (text: string) => (shop: SmallShop) => shop.product.query(text)
export const ofOrder = (text: string) => (shop: SmallShop) => shop.order.query(text)

export const unknownUid = '00000000-0000-4000-8000-00000000000f'

/** An order that is not in the small shop, unless its operation is one of those there. */
export const anOrder = (operation: number) => ({
  operation,
  kind: 'order' as const,
  key: keyOf(operation),
  body: { items: [{ product_id: 2, quantity: 1 }], shipping_address: `operation ${operation}` },
})

/** Something that is done to one thing, and to no order of the small shop. */
export const aRequest = (kind: OperationKind, method: string, path: string) => ({
  operation: 9,
  kind,
  method,
  path,
})

/** Moves all that the history has of an operation to another time. */
export function happenedAt({ history: { events } }: SmallShop, operation: number, at: number): void {
  const calls = new Set(
    events.flatMap((event) => (event.type === 'call' && event.operation === operation ? [event.call] : [])),
  )
  for (const event of events) {
    const isOfIt = 'operation' in event && event.operation === operation
    if (isOfIt || ('call' in event && calls.has(event.call))) event.at = at
  }
}

/** Puts rows among the placements: uid, key, hash, request, state, lease, status and text of the answer. */
export const placement = (values: string) =>
  `insert into placements (order_uid, key, request_hash, request, state, lease_until, answer_status, answer) values ${values}`
