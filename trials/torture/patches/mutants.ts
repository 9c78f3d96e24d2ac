// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is found and put in is source text.

import type { FaultGroup, Step, Window } from '../plan.ts'
import type { Patch } from '../shop/patched-backend.ts'

/** A deliberate fault of the services, and under what it has to show within a minute. */
export type Mutant = Patch & {
  /** The checks that are for it, of which one has to find it: what else is found proves nothing. */
  caughtBy: string[]
  /**
   * What is aimed at again and again, besides whole groups of faults and steps of its own; `restore`: it shows when a
   * database goes back.
   */
  under: { windows?: Window[]; groups?: FaultGroup[]; steps?: Step[]; restore?: 'order_db' | 'product_db' }
}

const allocations = 'product_service/src/postgres/allocations.ts'
const productSchema = 'product_service/migrations/0001-products.sql'
const placements = 'order_service/src/postgres/placements.ts'
const placeOrder = 'order_service/src/domain/place-order.ts'
const client = 'order_service/src/product-service/allocations.ts'
const products = 'product_service/src/postgres/products.ts'
const orders = 'order_service/src/postgres/orders.ts'
const orderRoutes = 'order_service/src/http/orders.ts'
const orderSchema = 'order_service/migrations/0001-orders.sql'
const postgres = 'service_kit/src/postgres.ts'

/** Where the database would refuse what a mutant does, its constraint goes as well: the checker must not lean on it. */
const noUniqueMovement = {
  file: productSchema,
  find: 'unique (order_uid, product_id, reason)',
  replace: 'check (true)',
}

export const mutants: Mutant[] = [
  {
    name: 'no guard on the verdict row',
    about: 'A repeated request for stock takes it again.',
    under: {
      windows: ['request sent twice', 'answer lost', 'request sent twice', 'product dies after its commit'],
    },
    caughtBy: ['I1', 'I2', 'I5'],
    edits: [
      {
        file: allocations,
        find: 'on conflict do nothing`',
        replace: 'on conflict (order_uid) do update set verdict = excluded.verdict`',
      },
      {
        file: allocations,
        find: '("productId" int, quantity bigint, "unitPrice" numeric, name text)`',
        replace: '("productId" int, quantity bigint, "unitPrice" numeric, name text) on conflict do nothing`',
      },
      noUniqueMovement,
    ],
  },
  {
    name: 'abandon without asking the product service',
    about: 'An order that got no verdict for long is called off, whether its stock is held or not.',
    under: { windows: ['abandon meets a late PUT'] },
    caughtBy: ['I5', 'I6'],
    edits: [
      {
        file: placeOrder,
        find: 'await allocations.abandon(orderUid, request.requestId)',
        replace: "({ verdict: 'void' } as const)",
      },
    ],
  },
  {
    name: 'a rejection that is not durable',
    about: 'Whoever asks again after a refusal is judged anew.',
    under: { windows: ['answer lost', 'order dies before the finish'] },
    caughtBy: ['I5', 'I4'],
    edits: [
      {
        file: allocations,
        find: "update allocations set verdict = 'rejected', detail = ${JSON.stringify(rejection)} where order_uid = ${orderUid}`",
        replace: 'delete from allocations where order_uid = ${orderUid}`',
      },
    ],
  },
  {
    name: 'release unguarded',
    about: 'Stock that was given back is given back again when somebody asks again.',
    under: { windows: ['release sent twice'] },
    caughtBy: ['I1', 'I2'],
    edits: [
      {
        file: allocations,
        find: "where order_uid = ${orderUid} and verdict = 'held'`",
        replace: "where order_uid = ${orderUid} and verdict in ('held', 'released')`",
      },
      noUniqueMovement,
    ],
  },
  {
    name: 'finish unguarded',
    about: 'Who comes second writes the order a second time.',
    under: { windows: ['two drivers at once'] },
    caughtBy: ['doubled', 'I4'],
    edits: [
      { file: placements, find: 'if (standing) return standing', replace: '' },
      {
        file: orderSchema,
        find: 'uuid not null unique references placements',
        replace: 'uuid not null references placements',
      },
    ],
  },
  {
    name: 'check, then update, without a lock',
    about: 'Two orders read the same stock and both take it.',
    under: {},
    caughtBy: ['I2'],
    edits: [
      { file: allocations, find: 'order by product_id for update`', replace: 'order by product_id`' },
      {
        file: allocations,
        find: 'const judgement = judge(wanted, products)',
        // Slowly, so that they meet.
        replace: 'await tx`select pg_sleep(0.4)`\n    const judgement = judge(wanted, products)',
      },
      { file: productSchema, find: 'check (stock_quantity >= 0)', replace: '' },
      { file: productSchema, find: 'check (balance >= 0)', replace: '' },
    ],
  },
  {
    name: 'locks in the order of the request',
    about: 'Two orders of the same products wait for each other.',
    under: {},
    caughtBy: ['deadlocks'],
    edits: [
      {
        file: 'product_service/src/domain/allocation.ts',
        find: '.sort((a, b) => a.productId - b.productId)',
        replace: '',
      },
      {
        file: allocations,
        find: 'order by product_id for update`',
        replace: 'order by array_position(${productIds}::int[], product_id) for update`',
      },
    ],
  },
  {
    name: 'the serial number across the services',
    about: 'An order is known to the product service by a number that repeats after a restore.',
    under: { restore: 'order_db' },
    caughtBy: ['I9', 'restore of order_db'],
    edits: [
      {
        file: orderRoutes,
        find: 'const orderUid = randomUUID()',
        replace:
          "const [serial] = await context.sql`select nextval('orders_order_id_seq') as id`\n" +
          "    const orderUid = `00000000-0000-4000-8000-${String(serial?.id).padStart(12, '0')}`",
      },
    ],
  },
  {
    name: 'a retry under a new key',
    about: 'Whoever asks for the stock again asks as if for another order.',
    under: { windows: ['answer lost', 'product dies after its commit', 'order dies before the finish'] },
    caughtBy: ['I5', 'I6', 'I7'],
    edits: [
      {
        file: placeOrder,
        find: 'await allocations.allocate(orderUid,',
        replace: 'await allocations.allocate(placement.attempts > 1 ? crypto.randomUUID() : orderUid,',
      },
    ],
  },
  {
    name: 'a stored 5xx',
    about: 'An attempt that failed is the answer for ever.',
    under: { windows: ['answer lost', 'request to product lost'] },
    caughtBy: ['I5', 'unknown', 'I6'],
    edits: [
      {
        file: placements,
        find: 'update placements set lease_until = now(), sweep_after = now() + make_interval(secs => ${retryAfterMs / 1000})',
        replace:
          'update placements set state = \'refused\', answer_status = 503, answer = \'{"code":"outcome_pending"}\', attempts = attempts + ${retryAfterMs}::int * 0',
      },
    ],
  },
  {
    name: 'leases by the clock of a process',
    about: 'A process whose clock is an hour ahead keeps an order to itself for an hour.',
    under: { steps: [{ at: 1_000, fault: 'clock', on: 'order-1', ms: 20_000, byMs: 3_600_000 }] },
    caughtBy: ['lease'],
    edits: [
      {
        file: placements,
        find: '${JSON.stringify(request)}, ${lease})',
        replace: '${JSON.stringify(request)}, ${new Date(Date.now() + leaseSeconds * 1000).toISOString()})',
      },
    ],
  },
  {
    name: 'stock put back before the cancellation stands',
    about: 'A cancellation that is refused, or never committed, has given the stock away.',
    under: { windows: ['cancel before release'] },
    caughtBy: ['I1', 'I5'],
    edits: [
      {
        file: orderRoutes,
        find: 'const order = await moveOrder(sql, params.order_id, query.new_status, principal.subject)',
        replace:
          "if (query.new_status === 'cancelled') await context.allocations.release((await getOrder(sql, params.order_id)).orderUid)\n" +
          '    const order = await moveOrder(sql, params.order_id, query.new_status, principal.subject)',
      },
    ],
  },
  {
    name: 'any answer is a verdict',
    about: 'A product service that cannot answer has refused the order.',
    under: {
      steps: [2_000, 6_000, 10_000, 14_000].map((at, turn) => ({
        at,
        fault: 'link down',
        on: `product-${(turn % 2) + 1}→product-db`,
        ms: 2_500,
      })),
    },
    caughtBy: ['I5', 'I6', 'I8'],
    edits: [
      {
        file: client,
        find: 'throw new Error(`The product service answered ${response.status} without a verdict.`)',
        replace: "return { verdict: 'rejected', rejection: { code: 'out_of_stock', lines: [] } }",
      },
    ],
  },
  {
    name: 'commits that nobody waits for',
    about: 'What was answered is not yet on the disk.',
    under: { groups: ['postgres'] },
    caughtBy: ['lost', 'I1', 'I5'],
    edits: [
      { file: postgres, find: "'-c TimeZone=UTC", replace: "'-c TimeZone=UTC -c synchronous_commit=off" },
    ],
  },
  {
    name: 'a pool that hears no errors',
    about: 'A database that ends a connection ends the service.',
    under: { groups: ['postgres'] },
    caughtBy: ['unhandled'],
    edits: [
      {
        file: postgres,
        find: "pool.on('connect', (client) => client.on('error', () => {}))",
        replace: '',
      },
      { file: postgres, find: "pool.on('error', () => {})", replace: '' },
    ],
  },
  {
    name: 'a key that is not compared with its wish',
    about: 'Whoever uses a known key gets the order that belongs to it.',
    under: {},
    caughtBy: ['key reuse'],
    edits: [
      {
        file: placeOrder,
        find: 'if (placement?.requestHash !== requestHash) throw new KeyReused()',
        replace: 'if (!placement) throw new KeyReused()',
      },
    ],
  },
  {
    name: 'stock that nobody counted',
    about: 'A product opens with more than was asked for.',
    under: {},
    caughtBy: ['I1'],
    edits: [
      {
        file: 'product_service/src/http/products.ts',
        find: 'const fields = { name, description, price, stockQuantity, imageUrl, imageStem: null }',
        replace:
          'const fields = { name, description, price, stockQuantity: stockQuantity + 1, imageUrl, imageStem: null }',
      },
    ],
  },
  {
    name: 'a price edit that is not kept',
    about: 'Whoever sets a price is told that it is done.',
    under: {},
    caughtBy: ['shown'],
    edits: [{ file: products, find: 'price = ${edit.price}', replace: 'price = ${product.price}' }],
  },
  {
    name: 'deleted products are still sold',
    about: 'What was taken off the list is there for whoever knows its number.',
    under: { windows: ['product deleted or repriced meanwhile'] },
    caughtBy: ['lost'],
    edits: [
      {
        file: allocations,
        find: 'return rows.filter(({ deletedAt }) => deletedAt === null)',
        replace: 'return rows',
      },
    ],
  },
  {
    name: 'a deletion of the order beside',
    about: 'Whoever deletes an order has the next one cancelled.',
    under: {},
    caughtBy: ['lost', 'I6'],
    edits: [
      {
        file: orders,
        find: "await move(tx, orderId, 'cancelled', actor)",
        replace: "await move(tx, orderId + 1, 'cancelled', actor)",
      },
    ],
  },
  {
    name: 'orders called off at once',
    about: 'An order that got no verdict is called off when it is first looked at again.',
    under: { windows: ['request to product lost', 'product dies before its commit'] },
    caughtBy: ['I8'],
    edits: [{ file: placements, find: '* 1000)::float8 as age_ms', replace: '* 100000)::float8 as age_ms' }],
  },
  {
    name: 'a picture that is named and not stored',
    about: 'An upload is acknowledged although one of its sizes is nowhere.',
    under: {},
    caughtBy: ['reconcile'],
    edits: [
      {
        file: 'product_service/src/blob-storage/images.ts',
        find: 'await this.#container\n        .getBlockBlobClient(name)',
        replace:
          "if (name.endsWith('-480.webp')) return\n      await this.#container\n        .getBlockBlobClient(name)",
      },
    ],
  },
  {
    name: 'a secret in the log',
    about: 'What is shown to the product service is told to whoever reads the log.',
    under: { windows: ['answer lost'] },
    caughtBy: ['secrets'],
    edits: [
      {
        file: client,
        find: "throw new NoVerdict('The product service gave no verdict.', { cause })",
        replace:
          'throw new NoVerdict(`The product service gave no verdict to ${serviceAuthSecret}.`, { cause })',
      },
    ],
  },
]
