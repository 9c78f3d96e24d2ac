import {
  anOrder,
  aRequest,
  happenedAt,
  ofProduct,
  type Plant,
  placement,
  testPlants,
  unknownUid,
} from './plants.ts'
import { keyOf, uids } from './small-shop.ts'

const refusal = (line: object, code = 'out_of_stock') => ({
  status: 409,
  code,
  text: JSON.stringify({ code, lines: [line] }),
})

const secondMovement = (delta: number, balance: number, reason: string, uid = 'null') => `
  insert into stock_movements (product_id, delta, reason, order_uid, actor, balance)
    values (1, ${delta}, '${reason}', ${uid}, 'staff', ${balance});
  update products set stock_quantity = ${balance} where product_id = 1`

const withoutGuards = 'set local session_replication_role = replica;'

const plants: Plant[] = [
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
    ['I1', 'I2'],
    ofProduct(
      `insert into stock_movements (product_id, delta, reason, actor, balance) values (1, 2, 'edit', 'staff', 103), (1, -2, 'edit', 'staff', 100)`,
    ),
  ],
  ['stock that nobody counted', ['I1'], ofProduct(secondMovement(5, 105, 'edit'))],
  [
    'an opening of more than was asked for',
    ['I1'],
    ({ history }) => {
      const call = history.events.find((event) => event.type === 'call' && event.operation === 2)
      Object.assign(call ?? {}, { body: { name: 'hot 2', price: 2, stock_quantity: 4 } })
    },
  ],
  [
    'a product that nobody deleted and is not there',
    ['lost'],
    ofProduct('update products set deleted_at = now() where product_id = 2'),
  ],
  [
    'a product that was deleted and is sold',
    ['lost'],
    async (shop) => {
      await shop.product.query('update products set deleted_at = now() where product_id = 2')
      shop.did({ ...aRequest('delete_product', 'DELETE', '/products/2'), answer: { status: 204 } })
      happenedAt(shop, 3, shop.history.now() + 1_000)
    },
  ],
  [
    'a product that is not found, and was never deleted',
    ['lost'],
    ({ did }) => did({ ...aRequest('read', 'GET', '/products/1'), answer: { status: 404 } }),
  ],
  [
    'a picture that was taken and is not there',
    ['lost'],
    ({ did }) => did({ ...aRequest('upload', 'POST', '/products/1/upload-image'), answer: { status: 200 } }),
  ],
  [
    'a price that was set and did not stay',
    ['lost'],
    (shop) => {
      shop.did({
        ...aRequest('edit_price', 'PUT', '/products/2'),
        body: { price: 3 },
        answer: { status: 200 },
      })
      happenedAt(shop, 9, shop.history.now() + 40_000)
    },
  ],
  [
    'an order at a price of long ago',
    ['I7'],
    async (shop) => {
      await shop.product.query('update products set price = 3 where product_id = 2')
      shop.did({
        ...aRequest('edit_price', 'PUT', '/products/2'),
        body: { price: 3 },
        answer: { status: 200 },
      })
      happenedAt(shop, 9, 40_000)
      happenedAt(shop, 3, 50_000)
    },
  ],
  [
    'a price that is shown and never was',
    ['shown'],
    ({ did }) =>
      did({
        ...aRequest('read', 'GET', '/products/2'),
        answer: { status: 200, text: JSON.stringify({ product_id: 2, name: 'hot 2', price: 3 }) },
      }),
  ],
  [
    'an edit that shows another price than was set',
    ['shown'],
    ({ did }) =>
      did({
        ...aRequest('edit_price', 'PUT', '/products/2'),
        body: { price: 3 },
        answer: { status: 200, text: JSON.stringify({ product_id: 2, name: 'hot 2', price: 2 }) },
      }),
  ],
  [
    'stock given back for an order that stands',
    ['I1', 'I2'],
    ofProduct(secondMovement(3, 103, 'cancellation', `'${uids.standing}'`)),
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
]

testPlants(plants)
