import {
  anOrder,
  aRequest,
  ofOrder,
  ofProduct,
  type Plant,
  placement,
  testPlants,
  unknownUid,
} from './plants.ts'
import { keyOf, type SmallShop, standing, token, uids, withToken } from './small-shop.ts'

const calledOff = `insert into allocations (order_uid, verdict, created_at) values ('${unknownUid}', 'void',`

/** In what the buyer of the order that stands was told. */
function replaceIn({ history: { events } }: SmallShop, find: string, replacement: string): void {
  for (const event of events) {
    if (event.type === 'answer' && event.text === withToken(standing)) {
      event.text = event.text.replace(find, replacement)
    }
  }
}

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
    'an order of other goods than were asked for',
    ['lost'],
    ({ history }) => {
      const call = history.events.find((event) => event.type === 'call' && event.operation === 4)
      Object.assign(call ?? {}, { body: { items: [{ product_id: 1, quantity: 5 }] } })
    },
  ],
  [
    'an acknowledged deletion of a product that did not stay',
    ['lost'],
    ({ did }) =>
      did({
        operation: 9,
        kind: 'delete_product',
        method: 'DELETE',
        path: '/products/2',
        answer: { status: 204 },
      }),
  ],
  [
    'a product that is there twice',
    ['doubled', 'I7', 'lost'],
    ofProduct("insert into products (name, price, stock_quantity) values ('hot 2', 2, 0)"),
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
      await product.query(`${calledOff} now() + interval '9 s')`)
    },
  ],
  [
    'an order that was called off early',
    ['I8'],
    async ({ did, order, product }) => {
      const answer = { status: 409, code: 'abandoned', text: '{"code":"abandoned"}' }
      await order.query(
        placement(
          `('${unknownUid}', '${keyOf(9)}', 'd', '{"shippingAddress": "operation 9"}', 'abandoned', now(), 409, '${answer.text}')`,
        ),
      )
      await product.query(`${calledOff} now() + interval '7 s')`)
      did({ ...anOrder(9), answer })
    },
  ],
  [
    'a status that nobody asked for',
    ['lost'],
    ofOrder(`update orders set status = 'shipped' where order_id = 1`),
  ],
  [
    'an order that nobody deleted and is not there',
    ['lost'],
    ofOrder('update orders set deleted_at = now() where order_id = 1'),
  ],
  [
    'a deletion that nobody carried out',
    ['lost'],
    ({ did }) => did({ ...aRequest('delete_order', 'DELETE', '/orders/2'), answer: { status: 404 } }),
  ],
  [
    'a deleted order that keeps its stock',
    ['I6'],
    async ({ did, order }) => {
      await order.query('update orders set deleted_at = now() where order_id = 1')
      did({ ...aRequest('delete_order', 'DELETE', '/orders/1'), answer: { status: 204 } })
    },
  ],
  [
    'a cancellation refused without a reason',
    ['I8'],
    ({ did }) =>
      did({
        ...aRequest('cancel', 'PATCH', '/orders/1/status?new_status=cancelled'),
        answer: { status: 409 },
      }),
  ],
  [
    'a move refused without a reason',
    ['I8'],
    ({ did }) =>
      did({ ...aRequest('move', 'PATCH', '/orders/1/status?new_status=shipped'), answer: { status: 409 } }),
  ],
  [
    'an order that begins with another status',
    ['lost'],
    async (shop) => {
      await shop.order.query(
        `update placements set answer = replace(answer, 'pending', 'shipped') where order_uid = '${uids.standing}'`,
      )
      replaceIn(shop, 'pending', 'shipped')
    },
  ],
  ['an order without its token', ['I4'], (shop) => replaceIn(shop, `,"order_token":"${token}"`, '')],
  [
    'items under other names',
    ['I7'],
    ofOrder(`update order_items set product_name = 'hot 3' where order_id = 1 and product_id = 1`),
  ],
  [
    'an order that is shown with another total',
    ['shown'],
    ({ did }) =>
      did({
        ...aRequest('read', 'GET', '/orders/1'),
        answer: { status: 200, text: standing.replace('15.5', '15.4') },
      }),
  ],
  [
    'an order whose client was told that it is refused',
    ['I3', 'I5', 'I7', 'lost'],
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
    'a key that was taken for another order',
    ['key reuse'],
    ({ did }) => did({ ...anOrder(9), kind: 'reused_key', answer: { status: 201, text: standing } }),
  ],
  [
    'a known key that is refused for something else',
    ['key reuse'],
    ({ did }) =>
      did({ ...anOrder(9), kind: 'reused_key', answer: { status: 422, code: 'validation_error' } }),
  ],
  [
    'a repeated order that is told that its key is another’s',
    ['key reuse', 'unexpected answer'],
    ({ did }) => did({ ...anOrder(9), answer: { status: 422, code: 'idempotency_key_reused' } }),
  ],
  // The last, as it takes a constraint away.
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

testPlants(plants)
