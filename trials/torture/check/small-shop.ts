import { fileURLToPath } from 'node:url'
import { createLogger } from '@tallyshop/service-kit/logger'
import { migrate } from '@tallyshop/service-kit/migrations'
import { createScratchDatabase } from '@tallyshop/service-kit/test-support/scratch-database'
import type pg from 'pg'
import { type History, type OperationKind, startHistory } from '../history.ts'
import { openForLooks } from './database.ts'

export type SmallShop = {
  product: pg.Pool
  order: pg.Pool
  history: History
  /** As it was made, with a new history. */
  refill: () => Promise<void>
  /** Notes an operation of one request; `answer` undefined where nobody answered, `end` where it ended otherwise. */
  did: (deed: Did) => void
  drop: () => Promise<void>
}

export type Did = {
  operation: number
  kind: OperationKind
  method?: string
  path?: string
  key?: string
  body?: unknown
  answer?: { status: number; code?: string; key?: string; text?: string }
  end?: 'final' | 'gave_up' | 'none'
}

/** One order that stands (3), one that is cancelled (4), one that was refused (6), by their operations. */
export const uids = {
  standing: '00000000-0000-4000-8000-000000000003',
  cancelled: '00000000-0000-4000-8000-000000000004',
  refused: '00000000-0000-4000-8000-000000000006',
}

export const keyOf = (operation: number) => `11111111-0000-4000-8000-00000000000${operation}`

/** The token that opens order 1, as its buyer was told. */
export const token = 'T'.repeat(43)

/** The answer to the order that stands, as it is stored. */
export const standing = JSON.stringify({
  order_id: 1,
  status: 'pending',
  total_amount: 15.5,
  shipping_address: 'operation 3',
  items: [
    { product_id: 1, quantity: 3, price_at_purchase: 4.5 },
    { product_id: 2, quantity: 1, price_at_purchase: 2 },
  ],
})
const cancelled = JSON.stringify({
  order_id: 2,
  status: 'pending',
  total_amount: 18,
  shipping_address: 'operation 4',
  items: [{ product_id: 1, quantity: 4, price_at_purchase: 4.5 }],
})
const refused = JSON.stringify({
  code: 'out_of_stock',
  lines: [{ product_id: 2, wanted: 9, available: 4 }],
})

export const withToken = (stored: string) => `${stored.slice(0, -1)},"order_token":"${token}"}`

/** Two databases and a history in which all is well: what its checks say of it is planted by a test. */
export async function createSmallShop(): Promise<SmallShop> {
  const [productDb, orderDb] = await Promise.all([createScratchDatabase(), createScratchDatabase()])
  const log = createLogger('small-shop', 'silent')
  await migrate(productDb.config, migrationsOf('product'), log)
  await migrate(orderDb.config, migrationsOf('order'), log)
  const [product, order] = [openForLooks(productDb.config), openForLooks(orderDb.config)]
  const shop: SmallShop = {
    product,
    order,
    history: startHistory(),
    did: (deed) => note(shop.history, deed),
    refill: async () => {
      shop.history = startHistory()
      await product.query(
        `${emptied('products, allocations, allocation_lines, stock_movements')} ${inProductDb}`,
      )
      await order.query(`${emptied('placements, orders, order_items')} ${inOrderDb}`)
      for (const deed of deeds) shop.did(deed)
    },
    drop: async () => {
      await Promise.all([product.end(), order.end()])
      await Promise.all([productDb.drop(), orderDb.drop()])
    },
  }
  await shop.refill()
  return shop
}

/** Without what guards the ledger: it may be emptied nowhere else. */
function emptied(tables: string): string {
  return `set session_replication_role = replica; truncate ${tables} restart identity cascade; reset session_replication_role;`
}

function migrationsOf(service: string): string {
  return fileURLToPath(new URL(`../../../backend/${service}_service/migrations`, import.meta.url))
}

let calls = 0

function note(history: History, { operation, kind, answer, end = 'final', ...sent }: Did): void {
  const { method = 'POST', path = '/orders', key, body } = sent
  calls += 1
  const said = { ...(key !== undefined && { key }), ...(body !== undefined && { body }) }
  history.record({ type: 'call', call: calls, operation, kind, client: 1, method, path, ...said })
  if (answer) history.record({ type: 'answer', call: calls, ...answer })
  else history.record({ type: 'no_answer', call: calls, error: 'ECONNRESET' })
  if (end !== 'none') history.record({ type: 'end', operation, kind, outcome: end })
}

const orderOf = (operation: number, items: object[]) => ({
  operation,
  kind: 'order' as const,
  key: keyOf(operation),
  body: { items, shipping_address: `operation ${operation}` },
})

const deeds: Did[] = [
  {
    operation: 1,
    kind: 'create_product',
    path: '/products',
    body: { name: 'hot 1', price: 4.5, stock_quantity: 100 },
    answer: { status: 201 },
  },
  {
    operation: 2,
    kind: 'create_product',
    path: '/products',
    body: { name: 'hot 2', price: 2, stock_quantity: 5 },
    answer: { status: 201 },
  },
  {
    ...orderOf(3, [
      { product_id: 2, quantity: 1 },
      { product_id: 1, quantity: 2 },
      { product_id: 1, quantity: 1, price_at_purchase: 4.5 },
    ]),
    answer: { status: 201, key: keyOf(3), text: withToken(standing) },
  },
  {
    ...orderOf(4, [{ product_id: 1, quantity: 4 }]),
    answer: { status: 201, key: keyOf(4), text: withToken(cancelled) },
  },
  {
    operation: 5,
    kind: 'cancel',
    method: 'PATCH',
    path: '/orders/2/status?new_status=cancelled',
    answer: { status: 200 },
  },
  {
    ...orderOf(6, [{ product_id: 2, quantity: 9 }]),
    answer: { status: 409, code: 'out_of_stock', key: keyOf(6), text: refused },
  },
  {
    operation: 7,
    kind: 'adjust_stock',
    path: '/products/1/stock-adjustments',
    body: { delta: 3, reason: 'operation 7' },
    answer: { status: 200 },
  },
  {
    ...orderOf(8, [{ product_id: 1, quantity: 1 }]),
    kind: 'reused_key',
    key: keyOf(3),
    answer: { status: 422, code: 'idempotency_key_reused' },
  },
]

const inProductDb = `
  insert into products (name, price, stock_quantity) values ('hot 1', 4.50, 100), ('hot 2', 2.00, 4);
  insert into allocations (order_uid, verdict, detail) values
    ('${uids.standing}', 'held', null), ('${uids.cancelled}', 'released', null),
    ('${uids.refused}', 'rejected', '${refused}');
  insert into allocation_lines (order_uid, product_id, quantity, unit_price, name) values
    ('${uids.standing}', 1, 3, 4.50, 'hot 1'), ('${uids.standing}', 2, 1, 2.00, 'hot 2'),
    ('${uids.cancelled}', 1, 4, 4.50, 'hot 1');
  insert into stock_movements (product_id, delta, reason, order_uid, actor, balance) values
    (1, 100, 'opening', null, 'staff', 100), (2, 5, 'opening', null, 'staff', 5),
    (1, -3, 'order', '${uids.standing}', 'order service', 97),
    (2, -1, 'order', '${uids.standing}', 'order service', 4),
    (1, -4, 'order', '${uids.cancelled}', 'order service', 93),
    (1, 4, 'cancellation', '${uids.cancelled}', 'order service', 97),
    (1, 3, 'operation 7', null, 'staff', 100);`

const inOrderDb = `
  insert into placements (order_uid, key, request_hash, request, state, lease_until, answer_status, answer) values
    ('${uids.standing}', '${keyOf(3)}', 'a', '{}', 'placed', now(), 201, '${standing}'),
    ('${uids.cancelled}', '${keyOf(4)}', 'b', '{}', 'placed', now(), 201, '${cancelled}'),
    ('${uids.refused}', '${keyOf(6)}', 'c', '{"shippingAddress": "operation 6"}', 'refused', now(), 409, '${refused}');
  insert into orders (order_uid, status, stock_state, total_amount, shipping_address, updated_at) values
    ('${uids.standing}', 'pending', 'held', 15.50, 'operation 3', null),
    ('${uids.cancelled}', 'cancelled', 'released', 18.00, 'operation 4', now());
  insert into order_items (order_id, product_id, product_name, quantity, price_at_purchase, item_total) values
    (1, 1, 'hot 1', 3, 4.50, 13.50), (1, 2, 'hot 2', 1, 2.00, 2.00), (2, 1, 'hot 1', 4, 4.50, 18.00);`
