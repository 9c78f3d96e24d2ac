import type { Deeds } from './deeds.ts'
import { productIn } from './prices.ts'

export type Deletion = { from: number; acknowledgedAt: number }

/** When each product was first asked to be deleted, and when that was acknowledged, in ms of the history. */
export function deletionsOf(deeds: Deeds): Map<number, Deletion> {
  const deletions = new Map<number, Deletion>()
  for (const { path, at, answer } of deeds.of('delete_product').flatMap(({ sent }) => sent)) {
    const id = productIn(path) ?? 0
    const known = deletions.get(id) ?? { from: at, acknowledgedAt: Number.POSITIVE_INFINITY }
    const acknowledgedAt = answer?.status === 204 ? answer.at : known.acknowledgedAt
    deletions.set(id, { from: Math.min(known.from, at), acknowledgedAt })
  }
  return deletions
}
