import { setTimeout as sleep } from 'node:timers/promises'
import type { History } from './history.ts'
import type { Looks } from './looks.ts'

/** What the shop promises: everything is settled so long after the last fault. */
const promisedMs = 30_000

/**
 * Waits until no order is being placed and no stock is due back, and resolves with how long that took since `since`;
 * undefined where it did not come about. Later than promised is a finding (I9).
 */
export async function settle(
  { order }: Pick<Looks, 'order'>,
  history: History,
  since: number,
  /** How long it is watched, so that the table can say how late it was. */
  patienceMs = 45_000,
): Promise<number | undefined> {
  let last = 'the order database did not answer'
  while (history.now() - since < patienceMs) {
    const open = await countOpen(order).catch(() => undefined)
    if (open === 0) {
      const tookMs = history.now() - since
      if (tookMs > promisedMs) {
        history.record({
          type: 'finding',
          check: 'I9',
          detail: `It took ${tookMs} ms until all was settled.`,
        })
      }
      return tookMs
    }
    if (open !== undefined) last = `${open} were still open`
    await sleep(200)
  }
  history.record({ type: 'finding', check: 'I9', detail: `Not settled after ${patienceMs} ms: ${last}.` })
  return undefined
}

async function countOpen(order: Looks['order']): Promise<number> {
  const { rows } = await order.query(
    `select (select count(*) from placements where state = 'placing')
          + (select count(*) from orders where stock_state = 'release_due') as open`,
  )
  return Number(rows[0]?.open)
}
