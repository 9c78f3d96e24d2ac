import { setTimeout as sleep } from 'node:timers/promises'
import type { Databases } from './databases.ts'
import { judgePair } from './judge-pair.ts'
import { pairUp } from './pair-up.ts'
import { inSnapshot, readAllocations, readOrders, readSold, readStock, type StockFacts } from './snapshots.ts'

/** Something that does not agree. `orderUid` and `kind` say whether and how it can be mended. */
export type Difference = { kind: 'not_returned' | 'other'; sentence: string; orderUid?: string }

export type Report = { orders: number; movements: number; inMotion: number; differences: Difference[] }

const passes = 3
const mostDifferences = 1_000

/**
 * Compares both databases: each stock with its ledger and with the orders (I1, I2), each order with its allocation (I5,
 * I6, I7). They are two clocks, and orders move meanwhile: only what three passes in a row find is a difference.
 */
export async function reconcile(databases: Databases, { pauseMs = 2_000 } = {}): Promise<Report> {
  let report = await comparePass(databases)
  for (let pass = 1; pass < passes && report.differences.length > 0; pass++) {
    await sleep(pauseMs)
    const next = await comparePass(databases)
    const known = new Set(report.differences.map(({ sentence }) => sentence))
    report = { ...next, differences: next.differences.filter(({ sentence }) => known.has(sentence)) }
  }
  return report
}

async function comparePass(databases: Databases): Promise<Report> {
  return inSnapshot(databases, async (product, order) => {
    const report: Report = { orders: 0, movements: 0, inMotion: 0, differences: [] }
    // What each product has on the way: taken for an order that is not there yet, or due back from a cancelled one.
    const unsettled = new Map<number, number>()
    for await (const { left, right } of pairUp(readOrders(order), readAllocations(product))) {
      const judgement = judgePair(left, right)
      if (left?.status) report.orders += 1
      if (judgement.inMotion) report.inMotion += 1
      for (const { productId, quantity } of judgement.inMotion ?? []) {
        unsettled.set(productId, (unsettled.get(productId) ?? 0) + quantity)
      }
      if (report.differences.length < mostDifferences) report.differences.push(...judgement.differences)
    }
    const sold = await readSold(order)
    for (const stock of await readStock(product)) {
      report.movements += stock.movements
      report.differences.push(
        ...judgeStock(stock, sold.get(stock.productId) ?? 0, unsettled.get(stock.productId) ?? 0),
      )
    }
    return report
  })
}

function judgeStock(
  { productId, stockQuantity, ledger, counted }: StockFacts,
  sold: number,
  unsettled: number,
): Difference[] {
  const differences: Difference[] = []
  if (stockQuantity !== ledger) {
    const sentence = `Product ${productId} has ${stockQuantity} in stock, and its movements add up to ${ledger}.`
    differences.push({ kind: 'other', sentence })
  }
  if (stockQuantity !== counted - sold - unsettled) {
    const by = `${counted} counted and adjusted, ${sold} sold${unsettled ? `, ${unsettled} in motion` : ''}`
    differences.push({
      kind: 'other',
      sentence: `Product ${productId} has ${stockQuantity} in stock, and ${by}.`,
    })
  }
  return differences
}
