import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '@tallyshop/service-kit/test-support/http'

/** An order that a buyer wants, by its key, and what was answered when it was placed. */
export type Wish = { key: string; total?: number; orderId?: number }
/** Sends an order to the shop, once. */
export type Place = (order: object, headers: { 'idempotency-key': string }) => Promise<Answer>
export type Buying = { place: Place; productId: number; price: number }

/** How much of the product each order wants. */
export const wantedQuantity = 2

/** 16 buyers place `count` orders; when `enough` are acknowledged, `strike` happens under them and they stop. */
export async function placeOrdersUntil(
  { count, enough }: { count: number; enough: number },
  buying: Buying,
  strike: () => Promise<void>,
): Promise<Wish[]> {
  const wishes: Wish[] = Array.from({ length: count }, () => ({ key: randomUUID() }))
  const waiting = [...wishes]
  let acknowledged = 0
  let struck: Promise<void> | undefined
  const buyer = async () => {
    for (let wish = waiting.shift(); wish && !struck; wish = waiting.shift()) {
      if ((await send(wish, buying)) && ++acknowledged === enough) struck = strike()
    }
  }
  await Promise.all(Array.from({ length: 16 }, buyer))
  await struck
  assert.ok(
    acknowledged >= enough && acknowledged < count,
    `${acknowledged} of ${count} were acknowledged before it, ${enough} had to be`,
  )
  return wishes
}

/** Sends each again until its final answer, which must come within 30 s and name the same order as before. */
export async function repeatUntilFinal(wishes: Wish[], buying: Buying): Promise<void> {
  for (const wish of wishes) {
    const { orderId } = wish
    for (const deadline = Date.now() + 30_000; !(await send(wish, buying)); await sleep(250)) {
      assert.ok(Date.now() < deadline, `the order with key ${wish.key} was not settled in 30 s`)
    }
    if (orderId !== undefined) assert.equal(wish.orderId, orderId, 'one key became two orders')
  }
}

/** True where the order was acknowledged. */
async function send(wish: Wish, { place, productId, price }: Buying): Promise<boolean> {
  const items = [{ product_id: productId, quantity: wantedQuantity, price_at_purchase: price }]
  const answer = await place({ items }, { 'idempotency-key': wish.key }).catch(() => undefined)
  if (answer?.status !== 201) return false
  wish.orderId = answer.body.order_id
  wish.total = answer.body.total_amount
  return true
}
