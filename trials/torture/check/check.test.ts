import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { check } from './check.ts'
import { createSmallShop, keyOf, type SmallShop, standing, uids, withToken } from './small-shop.ts'

/** What is planted, and the checks that must find it: these and no others. */
type Plant = [title: string, checks: string[], plant: (shop: SmallShop) => Promise<unknown> | unknown]

const ofProduct = (text: string) => (shop: SmallShop) => shop.product.query(text)
const ofOrder = (text: string) => (shop: SmallShop) => shop.order.query(text)
const unknownUid = '00000000-0000-4000-8000-00000000000f'
const anOrder = (operation: number) => ({
  operation,
  kind: 'order' as const,
  key: keyOf(operation),
  body: { items: [{ product_id: 2, quantity: 1 }], shipping_address: `operation ${operation}` },
})
const refusal = (line: object, code = 'out_of_stock') => ({
  status: 409,
  code,
  text: JSON.stringify({ code, lines: [line] }),
})
const placement = (values: string) =>
  `insert into placements (order_uid, key, request_hash, request, state, lease_until, answer_status, answer) values ${values}`
const secondMovement = (delta: number, balance: number, reason: string, uid = 'null') => `
  insert into stock_movements (product_id, delta, reason, order_uid, actor, balance)
    values (1, ${delta}, '${reason}', ${uid}, 'staff', ${balance});
  update products set stock_quantity = ${balance} where product_id = 1`

const withoutGuards = 'set local session_replication_role = replica;'

const plants: Plant[] = [
  ['a small shop in which all is well', [], () => {}],

  [
    'an acknowledged order that is not there',
    ['lost', 'I5', 'I1'],
    ofOrder('delete from order_items where order_id = 1; delete from orders where order_id = 1'),
  ],
  [
    'an acknowledged order that has another total',
    ['lost', 'I7'],
    ofOrder('update orders set total_amount = 15.51 where order_id = 1'),
  ],
  [
    'an acknowledged cancellation that did not stay',
    ['lost', 'I5', 'I1'],
    ofOrder(`update orders set status = 'processing', stock_state = 'held' where order_id = 2`),
  ],
  [
    'an order that is not found, and was never deleted',
    ['lost'],
    ({ did }) =>
      did({ operation: 9, kind: 'read', method: 'GET', path: '/orders/1', answer: { status: 404 } }),
  ],
  [
    'an acknowledged deletion that did not stay',
    ['lost'],
    ({ did }) =>
      did({
        operation: 9,
        kind: 'delete_order',
        method: 'DELETE',
        path: '/orders/2',
        answer: { status: 204 },
      }),
  ],
  [
    'an acknowledged product that is not there',
    ['lost'],
    ({ did }) =>
      did({
        operation: 9,
        kind: 'create_product',
        path: '/products',
        body: { name: 'cold 9', price: 1 },
        answer: { status: 201 },
      }),
  ],
  [
    'one operation noted under two keys',
    ['doubled'],
    async ({ order, product }) => {
      await order.query(
        placement(
          `('${unknownUid}', '${keyOf(7)}', 'd', '{"shippingAddress": "operation 3"}', 'abandoned', now(), 409, '{}')`,
        ),
      )
      await product.query(`insert into allocations values ('${unknownUid}', 'void')`)
    },
  ],

  [
    'a sale that is in no stock',
    ['I1', 'I2', 'I8'],
    ofProduct(`
    ${withoutGuards} delete from stock_movements where product_id = 2 and order_uid is not null;
    update products set stock_quantity = 5 where product_id = 2`),
  ],
  [
    'a stock that is not the sum of its movements',
    ['I1', 'I2'],
    ofProduct('update products set stock_quantity = 99 where product_id = 1'),
  ],
  [
    'a balance that does not follow from the one before',
    ['I2'],
    ofProduct(
      `insert into stock_movements (product_id, delta, reason, actor, balance) values (1, 2, 'edit', 'staff', 103), (1, -2, 'edit', 'staff', 100)`,
    ),
  ],
  [
    'stock given back for an order that stands',
    ['I1', 'I2'],
    ofProduct(secondMovement(3, 103, 'cancellation', `'${uids.standing}'`)),
  ],
  [
    'an order whose client was told that it is refused',
    ['I3', 'I5', 'I7'],
    ofOrder(`
    update placements set state = 'placed' where order_uid = '${uids.refused}';
    insert into orders (order_uid, status, stock_state, total_amount, shipping_address) values ('${uids.refused}', 'cancelled', 'released', 0, 'operation 6')`),
  ],
  [
    'an order that nobody asked for',
    ['I3', 'lost'],
    ofOrder(`update orders set shipping_address = 'operation 99' where order_id = 2`),
  ],
  [
    'one key and two answers',
    ['I4'],
    ({ did }) =>
      did({ ...anOrder(3), answer: { status: 201, text: withToken(standing.replace('4.5', '4.50')) } }),
  ],
  [
    'one key and two tokens',
    ['I4'],
    ({ did }) =>
      did({ ...anOrder(3), answer: { status: 201, text: withToken(standing).replace('TTT', 'UUU') } }),
  ],
  [
    'an answer that is stored otherwise',
    ['I4'],
    ofOrder(`update placements set answer = answer || ' ' where order_uid = '${uids.standing}'`),
  ],
  [
    'an order that stands without stock',
    ['I2', 'I5'],
    ofProduct(`update allocations set verdict = 'void' where order_uid = '${uids.standing}'`),
  ],
  [
    'a refusal without its verdict',
    ['I5'],
    ofProduct(`delete from allocations where order_uid = '${uids.refused}'`),
  ],
  [
    'stock held for a cancelled order',
    ['I2', 'I6'],
    ofProduct(`update allocations set verdict = 'held' where order_uid = '${uids.cancelled}'`),
  ],
  [
    'stock held for nobody',
    ['I6', 'I1'],
    ofProduct(`
    insert into allocations values ('${unknownUid}', 'held');
    insert into allocation_lines values ('${unknownUid}', 1, 2, 4.50, 'hot 1');
    ${secondMovement(-2, 98, 'order', `'${unknownUid}'`)}`),
  ],
  [
    'lines allocated at another price',
    ['I7'],
    ofProduct(
      `update allocation_lines set unit_price = 4.40 where order_uid = '${uids.standing}' and product_id = 1`,
    ),
  ],
  [
    'an order at another price than its buyer was shown',
    ['I7'],
    ({ history }) => {
      const call = history.events.find((event) => event.type === 'call' && event.operation === 3)
      Object.assign(call ?? {}, {
        body: {
          items: [
            { product_id: 1, quantity: 3, price_at_purchase: 4.4 },
            { product_id: 2, quantity: 1 },
          ],
        },
      })
    },
  ],
  [
    'a refusal although there was enough',
    ['I8'],
    ({ did }) => did({ ...anOrder(9), answer: refusal({ product_id: 2, wanted: 1, available: 4 }) }),
  ],
  [
    'a refusal that tells a stock that never was',
    ['I8'],
    async ({ did, order, product }) => {
      const answer = refusal({ product_id: 2, wanted: 1, available: 0 })
      const address = '{"shippingAddress": "operation 9"}'
      await order.query(
        placement(
          `('${unknownUid}', '${keyOf(9)}', 'd', '${address}', 'refused', now(), 409, '${answer.text}')`,
        ),
      )
      await product.query(`insert into allocations values ('${unknownUid}', 'rejected', '{}')`)
      did({ ...anOrder(9), answer })
    },
  ],
  [
    'a refusal for a price that nobody named',
    ['I8'],
    ({ did }) =>
      did({ ...anOrder(9), answer: refusal({ product_id: 2, expected: 3, current: 2 }, 'price_changed') }),
  ],
  [
    'a cancelled order whose stock is not back',
    ['I9'],
    ofOrder(`update orders set stock_state = 'release_due' where order_id = 2`),
  ],
  [
    'a final answer that came too late',
    ['I9'],
    ({ history }) =>
      history.record({ type: 'end', operation: 3, kind: 'order', outcome: 'final', at: 31_000 } as never),
  ],

  [
    'an order that is still being placed',
    ['unknown'],
    ofOrder(placement(`('${unknownUid}', '${keyOf(9)}', 'd', '{}', 'placing', now(), null, null)`)),
  ],
  ['an operation without a final answer', ['unknown'], ({ did }) => did({ ...anOrder(9), end: 'none' })],
  [
    'a key that was taken for another order',
    ['key reuse'],
    ({ did }) => did({ ...anOrder(9), kind: 'reused_key', answer: { status: 201, text: standing } }),
  ],
  [
    'a repeated order that is told that its key is another’s',
    ['key reuse', 'unexpected answer'],
    ({ did }) => did({ ...anOrder(9), answer: { status: 422, code: 'idempotency_key_reused' } }),
  ],
  [
    'an adjustment that is not in the ledger',
    ['adjustments'],
    ({ did }) =>
      did({
        operation: 9,
        kind: 'adjust_stock',
        path: '/products/1/stock-adjustments',
        body: { delta: 1, reason: 'operation 9' },
        answer: { status: 200 },
      }),
  ],
  ['an adjustment that was made twice', ['adjustments'], ofProduct(secondMovement(3, 103, 'operation 7'))],
  [
    'an adjustment that was refused and made',
    ['adjustments'],
    async ({ did, product }) => {
      await product.query(secondMovement(2, 102, 'operation 9'))
      did({
        operation: 9,
        kind: 'adjust_stock',
        path: '/products/1/stock-adjustments',
        body: { delta: 2, reason: 'operation 9' },
        answer: { status: 409 },
      })
    },
  ],
  [
    'an answer of 500',
    ['unexpected 5xx', 'unknown'],
    ({ did }) => did({ ...anOrder(9), answer: { status: 500, code: 'internal_error' }, end: 'none' }),
  ],
  [
    'an answer of 503 for which there is no word',
    ['unexpected 5xx'],
    ({ did }) => did({ operation: 9, kind: 'list', method: 'GET', path: '/orders', answer: { status: 503 } }),
  ],
  [
    'an order that is not understood',
    ['unexpected answer'],
    ({ did }) => did({ ...anOrder(9), answer: { status: 400, code: 'bad_request' } }),
  ],
  [
    'a service that ends by itself',
    ['unhandled'],
    ({ history }) => {
      history.record({ type: 'start', on: 'order-1', pid: 7, ms: 300 })
      history.record({ type: 'exit', on: 'order-1', how: 'exit code 1', asked: false })
    },
  ],
  [
    'a process that grows',
    ['memory'],
    ({ history }) => {
      for (let n = 0; n < 40; n += 1)
        history.record({
          type: 'memory',
          on: 'order-1',
          pid: 7,
          megabytes: 90 + 8 * n,
          at: 5_000 * n,
        } as never)
    },
  ],

  // The last, as it leaves a constraint away.
  [
    'one wish that became two orders',
    ['doubled', 'lost'],
    ofOrder(`
    alter table orders drop constraint orders_order_uid_key;
    insert into orders (order_uid, status, stock_state, total_amount, shipping_address)
      values ('${uids.standing}', 'pending', 'held', 15.50, 'operation 3');
    insert into order_items (order_id, product_id, product_name, quantity, price_at_purchase, item_total)
      values (3, 1, 'hot 1', 3, 4.50, 13.50), (3, 2, 'hot 2', 1, 2.00, 2.00)`),
  ],
]

let shop: SmallShop
before(async () => {
  shop = await createSmallShop()
})
after(() => shop.drop())
beforeEach(() => shop.refill())

for (const [title, checks, plant] of plants) {
  test(`found: ${title}`, async () => {
    await plant(shop)
    const findings = await check({ ...shop, logFiles: [], secrets: [] })
    const found = [...new Set(findings.map(({ check: name }) => name))].sort()
    assert.deepEqual(found, checks.toSorted(), JSON.stringify(findings, null, 1))
  })
}
