import { setTimeout as sleep } from 'node:timers/promises'
import { comparePictures, type PictureCounts } from './compare-pictures.ts'
import type { Databases } from './databases.ts'
import { judgePair } from './judge-pair.ts'
import { judgeStock } from './judge-stock.ts'
import { pairUp } from './pair-up.ts'
import type { PictureStore } from './picture-store.ts'
import { inSnapshot, readAllocations, readOrders, readStock } from './snapshots.ts'

/** Something that does not agree. `about` says what, the same in every pass; `kind` whether it can be mended. */
export type Difference = {
  kind: 'not_returned' | 'other'
  about: string
  sentence: string
  orderUid?: string
}

export type Report = {
  orders: number
  movements: number
  /** Orders that are not settled yet, and need not be. */
  inMotion: number
  /** Absent where no store of pictures was given. */
  pictures?: PictureCounts
  differences: Difference[]
  /** How many more there are than the list holds. */
  unlisted: number
}

export type Options = { pauseMs?: number; pictures?: PictureStore | undefined }

const passes = 3
const mostDifferences = 1_000

/**
 * Compares each stock with its ledger and with what is held for orders (I1, I2), and each order with its allocation (I5,
 * I6, I7, I9), and each product's picture with what is stored. A stock is judged within one instant of its database. An
 * order is seen in two databases, a picture in a database and a store, which are two clocks: only what three passes in a row
 * find is a difference.
 */
export async function reconcile(
  databases: Databases,
  { pauseMs = 2_000, pictures }: Options = {},
): Promise<Report> {
  let report = await comparePass(databases, pictures)
  for (let pass = 1; pass < passes && report.differences.length > 0; pass++) {
    await sleep(pauseMs)
    const next = await comparePass(databases, pictures)
    const known = new Set(report.differences.map(({ about }) => about))
    report = { ...next, differences: next.differences.filter(({ about }) => known.has(about)) }
  }
  return report
}

async function comparePass(databases: Databases, pictures: PictureStore | undefined): Promise<Report> {
  const report: Report = { orders: 0, movements: 0, inMotion: 0, differences: [], unlisted: 0 }
  const add = (differences: Difference[]) => {
    const room = mostDifferences - report.differences.length
    report.differences.push(...differences.slice(0, room))
    report.unlisted += Math.max(0, differences.length - room)
  }
  await inSnapshot(databases, async (product, order) => {
    for (const stock of await readStock(product)) {
      report.movements += stock.movements
      add(judgeStock(stock))
    }
    for await (const { left, right } of pairUp(readOrders(order), readAllocations(product), uid)) {
      const { differences, inMotion } = judgePair(left, right)
      if (left?.status) report.orders += 1
      if (inMotion) report.inMotion += 1
      add(differences)
    }
  })
  if (pictures) report.pictures = await comparePictures(databases.product, pictures, add)
  return report
}

const uid = ({ orderUid }: { orderUid: string }) => orderUid
