import { fragment } from '@tallyshop/service-kit/postgres'
import type { OrderSuite } from './order-suite.ts'

/**
 * Brings a placed order back to the moment before its outcome was written down, as a killed process leaves it: the
 * placement `placing` for `ageSeconds`, its lease over. What the product service remembers is up to the test. Returns
 * the order_uid.
 */
export async function rewind(
  { db }: Pick<OrderSuite, 'db'>,
  key: string,
  { ageSeconds = 0, leaseSeconds = 0, before = (_orderUid: string) => {} } = {},
): Promise<string> {
  return db.sql.begin(async (tx) => {
    const [placement] = await tx`select order_uid from placements where key = ${key} for update`
    const orderUid: string = placement?.orderUid
    const ids = fragment`select order_id from orders where order_uid = ${orderUid}`
    await tx`delete from order_history where order_id in (${ids})`
    await tx`delete from order_items where order_id in (${ids})`
    await tx`delete from orders where order_uid = ${orderUid}`
    before(orderUid)
    await tx`
      update placements set state = 'placing', answer = null, answer_status = null, attempts = 1,
        created_at = now() - make_interval(secs => ${ageSeconds}),
        lease_until = now() + make_interval(secs => ${leaseSeconds})
      where order_uid = ${orderUid}`
    return orderUid
  })
}
