import assert from 'node:assert/strict'
import { eventually, type OrderSuite, orderTokenSecret, serviceAuthSecret } from './order-suite.ts'

/**
 * The invariants of the ordering protocol, once everything has settled: each placement, order and verdict agree, the
 * stock taken is that of the orders that stand, and neither side was asked for something it does not know.
 */
export async function assertBooksAgree({ db, fake, log }: OrderSuite): Promise<void> {
  await eventually(async () => {
    const [open] = await db.sql`
      select (select count(*) from placements where state = 'placing')::int as placing,
             (select count(*) from orders where stock_state = 'release_due')::int as due`
    assert.deepEqual({ ...open }, { placing: 0, due: 0 })
  }, 20_000)
  await assertVerdictsObeyed({ db, fake })
  await assertStockTaken({ db, fake })
  await assertSums({ db })
  assert.deepEqual(fake.complaints, [])
  assertQuietLog(log)
}

/** I3, I5, I6: one order per placed wish; held while it stands, released once cancelled; nothing held for nobody. */
async function assertVerdictsObeyed({ db, fake }: Pick<OrderSuite, 'db' | 'fake'>): Promise<void> {
  const rows = await db.sql`
    select order_uid, state, answer_status, status, stock_state, answer::jsonb->>'order_id' as told, order_id
    from placements left join orders using (order_uid)`
  for (const { orderUid, state, answerStatus, status, stockState, told, orderId } of rows) {
    const verdict = fake.verdicts.get(orderUid)?.verdict
    const found = { state, answerStatus, stockState, verdict, told }
    const stock = status === 'cancelled' ? 'released' : 'held'
    const expected = {
      placed: { answerStatus: 201, stockState: stock, verdict: stock, told: String(orderId) },
      refused: { answerStatus: 409, stockState: null, verdict: 'rejected', told: null },
      abandoned: { answerStatus: 409, stockState: null, verdict: 'void', told: null },
    }[state as string]
    assert.deepEqual(found, { state, ...expected }, `placement of order ${orderUid}`)
  }
  const known = new Set(rows.map(({ orderUid }) => orderUid))
  const strangers = [...fake.verdicts].filter(
    ([orderUid, { verdict }]) => verdict === 'held' && !known.has(orderUid),
  )
  assert.deepEqual(strangers, [], 'stock is held for orders that do not exist')
}

/** I1: what was taken and not given back is what the standing orders hold, deleted ones included. */
async function assertStockTaken({ db, fake }: Pick<OrderSuite, 'db' | 'fake'>): Promise<void> {
  const rows = await db.sql<{ productId: number; sold: number }[]>`
    select product_id, sum(quantity) as sold from order_items join orders using (order_id)
    where status <> 'cancelled' group by product_id`
  const sold = new Map(rows.map(({ productId, sold }) => [productId, sold]))
  for (const productId of fake.products.keys()) {
    const moved = fake.movements.filter((movement) => movement.productId === productId)
    const taken = moved.reduce((units, { delta }) => units - delta, 0)
    assert.equal(taken, sold.get(productId) ?? 0, `units of product ${productId}`)
  }
}

/** I7, and a history that begins where the order began. */
async function assertSums({ db }: Pick<OrderSuite, 'db'>): Promise<void> {
  const wrong = await db.sql`
    select order_id from orders o where total_amount <>
      (select sum(quantity * price_at_purchase) from order_items i where i.order_id = o.order_id)
      or not exists (select from order_history h where h.order_id = o.order_id)`
  assert.deepEqual([...wrong], [])
}

function assertQuietLog(log: string[]): void {
  const all = log.join('')
  for (const secret of [serviceAuthSecret, orderTokenSecret, 'order_token', 'shipping_address', 'Lane']) {
    assert.ok(!all.includes(secret), `"${secret}" is in the log`)
  }
  assert.ok(!/Bearer|"(password|authorization)":"(?!\[redacted\])/i.test(all), 'a credential is in the log')
}
