import { setTimeout as sleep } from 'node:timers/promises'
import type { History } from './history.ts'
import type { Load } from './load/load.ts'
import type { Looks } from './looks.ts'

/** What the shop promises: everything is settled so long after the last fault. */
const promisedMs = 30_000

export type Settling = { looks: Pick<Looks, 'order'>; load: Pick<Load, 'counts'>; history: History }

/**
 * Waits until no order is being placed, no stock is due back and every client has its answers, and resolves with how long
 * that took since `since`; undefined where it did not come about. Later than promised is a finding (I9).
 */
export async function settle(
  { looks, load, history }: Settling,
  since: number,
  /** How long it is watched, so that the table can say how late it was. */
  patienceMs = 45_000,
): Promise<number | undefined> {
  let last = 'the order database did not answer'
  while (history.now() - since < patienceMs) {
    const open = await countOpen(looks.order).catch(() => undefined)
    const asking = load.counts().open
    if (open === 0 && asking === 0) {
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
    if (open !== undefined) last = `${open} were still open, ${asking} clients were still asking`
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
