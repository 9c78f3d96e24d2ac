import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHistory } from '../history.ts'
import type { Window } from '../plan.ts'
import { createRandom } from '../random.ts'
import type { Action, ArmOptions } from '../shop/armed-points.ts'
import type { Facts } from '../shop/crash-messages.ts'
import type { TrialShop } from '../shop/shop.ts'
import { hitWindow } from './windows.ts'

type Reached = { point: string; facts: Facts }

const held = { orderUid: 'one', by: 'handler', abandoning: false, productIds: [7] }

test('an answer is lost only where a buyer waited for it and an order was placed', async () => {
  const finished = (by: string, status: number) => [{ point: 'after the finish', facts: { by, status } }]
  assert.equal(await isHit('201 lost', finished('handler', 201)), true)
  assert.equal(await isHit('201 lost', finished('handler', 409)), false)
  assert.equal(await isHit('201 lost', finished('sweeper', 201)), false)
})

test('two drivers met only where the one that was held found the answer to its own order', async () => {
  const met = (orderUid: string) => [
    { point: 'before the finish', facts: held },
    { point: 'an answer stood', facts: { orderUid } },
  ]
  assert.equal(await isHit('two drivers at once', met('one')), true)
  assert.equal(await isHit('two drivers at once', met('other')), false)
})

test('a product changed meanwhile only where that was answered while the order was held', async () => {
  const window = 'product deleted or repriced meanwhile'
  const asking = (facts: Facts) => [{ point: 'before asking', facts }]
  assert.equal(await isHit(window, asking(held)), true)
  assert.equal(await isHit(window, asking(held), async () => false), false)
  assert.equal(await isHit(window, asking(held), () => sleep(1_900, true)), false)
  assert.equal(await isHit(window, asking({ ...held, abandoning: true })), false)
})

/** Whether the window is noted where a service comes to these points. */
async function isHit(window: Window, reached: Reached[], change = async () => true): Promise<boolean> {
  const arm = async (point: string, action: Action, { fits = {} }: ArmOptions) => {
    const isWanted = (each: Reached) =>
      each.point === point && Object.entries(fits).every(([name, value]) => each.facts[name] === value)
    const facts = reached.find(isWanted)?.facts
    if (facts && action.action === 'hold_until') void action.until(facts)
    return facts
  }
  const shop = {
    services: [{ name: 'order-1', arm }],
    staff: { editPrice: change, deleteProduct: change },
  } as unknown as TrialShop
  const history = startHistory()
  const site = { shop, history, random: createRandom('faults'), signal: new AbortController().signal }
  const isDone = await hitWindow({ at: 0, fault: 'window', on: 'order-1', window }, site)
  assert.equal(history.events.length, isDone ? 1 : 0)
  return isDone
}
