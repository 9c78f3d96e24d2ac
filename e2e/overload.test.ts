import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { reconcile } from '@tallyshop/operations/reconcile'
import { type BothServices, startBothServices } from './support/both-services.ts'

let shop: BothServices
before(async () => {
  shop = await startBothServices()
})
after(() => shop.stop())

/** Orders until the answer is final, and returns all answers. A machine that is very busy may miss a verdict, not lose it. */
async function placeSurely(items: object[]): Promise<string[]> {
  const key = { 'idempotency-key': randomUUID() }
  const answers: string[] = []
  while (answers.length < 30) {
    const { status, body } = await shop.order.post('/orders/', { items }, key)
    answers.push(status === 201 ? '201' : `${status} ${body.code}`)
    if (status !== 503) break
    await sleep(200)
  }
  assert.equal(answers.at(-1), '201')
  return answers
}

test('under a flood of readers some of them are refused, and every order is placed', {
  timeout: 100_000,
}, async () => {
  const ids = await Promise.all(Array.from({ length: 100 }, () => shop.createProduct(10_000)))
  const reads = new Map<string, number>()
  const orders: string[] = []
  let over = false
  const reader = async () => {
    while (!over) {
      const { status, body, headers } = await shop.product.get('/products/?limit=100')
      const what = status === 200 ? 'read' : `${status} ${body.code} ${headers['retry-after']}`
      reads.set(what, (reads.get(what) ?? 0) + 1)
    }
  }
  const buyer = async () => {
    while (!over) {
      const items = [ids[0], ids[1 + (orders.length % 99)]].map((id) => ({ product_id: id, quantity: 1 }))
      orders.push(...(await placeSurely(items)))
    }
  }
  const buyers = Array.from({ length: 6 }, buyer)
  const readers: Promise<void>[] = []
  const isEnough = () =>
    (reads.get('503 overloaded 1') ?? 0) > 50 && orders.filter((answer) => answer === '201').length > 20
  // A faster machine takes more of them.
  while (!isEnough()) {
    if (readers.length < 1_500) readers.push(...Array.from({ length: 150 }, reader))
    await sleep(1_000)
  }
  over = true
  await Promise.all([...buyers, ...readers])

  assert.deepEqual([...reads.keys()].sort(), ['503 overloaded 1', 'read'])
  const others = orders.filter((answer) => answer !== '201' && answer !== '503 outcome_pending')
  assert.deepEqual(others, [])
  assert.equal((await shop.product.get('/products/?limit=100')).status, 200)
  assert.equal((await shop.order.get('/orders/')).status, 200)
  const { differences } = await reconcile(shop.databases)
  assert.deepEqual(differences, [])
})
