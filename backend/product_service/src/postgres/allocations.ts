import type { Sql, Transaction } from '@tallyshop/service-kit/postgres'
import {
  type AllocatedLine,
  type Allocation,
  judge,
  type LockedProduct,
  mergeLines,
  type Rejection,
  type RequestedLine,
} from '../domain/allocation.ts'

/**
 * Takes the stock of all lines, or none, and writes the verdict down for ever: whoever asks again gets the verdict
 * that stands. A twin that asks at the same time waits for this transaction and then reads what it decided.
 */
export async function allocate(sql: Sql, orderUid: string, lines: RequestedLine[]): Promise<Allocation> {
  return sql.begin(async (tx) => {
    if (!(await claimVerdict(tx, orderUid, 'held'))) return getAllocation(tx, orderUid)
    const wanted = mergeLines(lines)
    const products = await lockProducts(
      tx,
      wanted.map(({ productId }) => productId),
    )
    const judgement = judge(wanted, products)
    if (!Array.isArray(judgement)) return reject(tx, orderUid, judgement)
    await insertLines(tx, orderUid, judgement)
    await moveStock(tx, orderUid, 'order', judgement, -1)
    return { verdict: 'held', lines: judgement }
  })
}

/** Ends an allocation: what is held goes back to stock, once; where no verdict stands, none can take stock later. */
export async function release(sql: Sql, orderUid: string): Promise<Allocation> {
  return sql.begin(async (tx) => {
    if (await claimVerdict(tx, orderUid, 'void')) return { verdict: 'void' }
    const { count } = await tx`
      update allocations set verdict = 'released' where order_uid = ${orderUid} and verdict = 'held'`
    const allocation = await getAllocation(tx, orderUid)
    if (count === 1 && allocation.verdict === 'released') {
      await lockProducts(
        tx,
        allocation.lines.map(({ productId }) => productId),
      )
      await moveStock(tx, orderUid, 'cancellation', allocation.lines, +1)
    }
    return allocation
  })
}

/** Makes sure that a verdict stands, `void` where there was none, and returns it; what is held stays held. */
export async function abandon(sql: Sql, orderUid: string): Promise<Allocation> {
  return sql.begin(async (tx) => {
    await claimVerdict(tx, orderUid, 'void')
    return getAllocation(tx, orderUid)
  })
}

/** True where this transaction is the first to judge the order. Waits for a twin that is judging it. */
async function claimVerdict(tx: Transaction, orderUid: string, verdict: 'held' | 'void'): Promise<boolean> {
  const { count } = await tx`
    insert into allocations (order_uid, verdict) values (${orderUid}, ${verdict}) on conflict do nothing`
  return count === 1
}

async function insertLines(tx: Transaction, orderUid: string, lines: AllocatedLine[]): Promise<void> {
  await tx`
    insert into allocation_lines (order_uid, product_id, quantity, unit_price, name)
    select ${orderUid}, "productId", quantity, "unitPrice", name
    from jsonb_to_recordset(${JSON.stringify(lines)})
      as line ("productId" int, quantity bigint, "unitPrice" numeric, name text)`
}

async function reject(tx: Transaction, orderUid: string, rejection: Rejection): Promise<Allocation> {
  await tx`
    update allocations set verdict = 'rejected', detail = ${JSON.stringify(rejection)} where order_uid = ${orderUid}`
  return { verdict: 'rejected', rejection }
}

/**
 * Locks the rows in id order and returns them as they are once locked. A statement of its own: its row values are those
 * of the locked versions, not of the snapshot from before it had to wait. Deleted products are locked for releases.
 */
async function lockProducts(tx: Transaction, productIds: number[]): Promise<LockedProduct[]> {
  const rows = await tx<(LockedProduct & { deletedAt: Date | null })[]>`
    select product_id, name, price, stock_quantity, deleted_at from products
    where product_id = any(${productIds}::int[]) order by product_id for update`
  return rows.filter(({ deletedAt }) => deletedAt === null)
}

async function moveStock(
  tx: Transaction,
  orderUid: string,
  reason: 'order' | 'cancellation',
  lines: AllocatedLine[],
  sign: 1 | -1,
): Promise<void> {
  const productIds = lines.map(({ productId }) => productId)
  const deltas = lines.map(({ quantity }) => sign * quantity)
  await tx`
    with moved as (
      update products set stock_quantity = stock_quantity + delta, updated_at = now()
      from unnest(${productIds}::int[], ${deltas}::bigint[]) as line (id, delta)
      where product_id = id returning product_id, delta, stock_quantity)
    insert into stock_movements (product_id, delta, reason, order_uid, actor, balance)
    select product_id, delta, ${reason}, ${orderUid}, 'order service', stock_quantity from moved`
}

/** The verdict that stands; a statement of its own, so that it sees what a twin has just committed. */
async function getAllocation(tx: Transaction, orderUid: string): Promise<Allocation> {
  const [allocation] = await tx<{ verdict: Allocation['verdict']; detail: Rejection }[]>`
    select verdict, detail from allocations where order_uid = ${orderUid}`
  if (!allocation) throw new Error(`No verdict stands for order ${orderUid}.`)
  const { verdict, detail } = allocation
  if (verdict === 'void') return { verdict }
  if (verdict === 'rejected') return { verdict, rejection: detail }
  const lines = await tx<AllocatedLine[]>`
    select product_id, quantity, unit_price, name from allocation_lines
    where order_uid = ${orderUid} order by product_id`
  return { verdict, lines: [...lines] }
}
