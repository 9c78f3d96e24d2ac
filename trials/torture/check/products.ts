import { type Deed, type Sent, toldAnswer } from './deeds.ts'
import type { Evidence } from './evidence.ts'
import type { AddFinding } from './finding.ts'
import { productIn } from './prices.ts'

/**
 * `lost` and `doubled`, of products: those that were created are there once, those that were deleted are gone and sold no
 * more, no other is gone; each has the price that was set last, and the picture that was uploaded.
 */
export function judgeProducts(evidence: Evidence, add: AddFinding): void {
  const { deeds, product, deletions, prices, quiet } = evidence
  judgeCreated(evidence, add)
  for (const deed of deeds.of('delete_product', 'adjust_stock', 'edit_price', 'upload', 'read')) {
    for (const sent of deed.sent) judgeAnswer(deed, sent, evidence, add)
  }
  for (const { operation, sent } of deeds.of('order')) {
    const lines = toldAnswer(sent)?.told.lines ?? ''
    for (const [, id] of lines.matchAll(/(\d+)\*/g)) {
      const goneAt = deletions.get(Number(id))?.acknowledgedAt ?? Number.POSITIVE_INFINITY
      if ((sent[0]?.at ?? 0) > goneAt)
        add('lost', `Product ${id} was deleted, and sold to operation ${operation}.`)
    }
  }
  for (const { id, price, isDeleted } of quiet ? product.products.values() : []) {
    const called = `Product ${id}`
    if (isDeleted && !deletions.has(id)) add('lost', `${called} was deleted, and nobody asked for that.`)
    const now = Number.POSITIVE_INFINITY
    if (!prices.had(id, price, now, now)) add('lost', `${called} costs ${price}, which was not set last.`)
  }
}

function judgeCreated({ deeds, product }: Evidence, add: AddFinding): void {
  const byName = Map.groupBy(product.products.values(), ({ name }) => name)
  for (const deed of deeds.of('create_product')) {
    const name = deed.sent[0]?.body?.name
    const found = byName.get(name)?.length ?? 0
    const acknowledged = deed.sent.some(({ answer }) => answer?.status === 201)
    if (acknowledged && found === 0) add('lost', `Product ${name} was acknowledged and is not there.`)
    if (found > 1) add('doubled', `Product ${name} is there ${found} times.`)
  }
}

function judgeAnswer(
  { kind, operation }: Deed,
  { path, answer }: Sent,
  { product, deletions }: Evidence,
  add: AddFinding,
): void {
  const id = productIn(path)
  if (id === undefined || !answer) return
  const { at, status } = answer
  const called = `Product ${id}`
  const row = product.products.get(id)
  const isGone = row?.isDeleted === true
  if (kind === 'delete_product' && status === 204 && !isGone)
    add('lost', `${called} was deleted and is there.`)
  const mayBeGone = isGone && (deletions.get(id)?.from ?? Number.POSITIVE_INFINITY) <= at
  if (status === 404 && !mayBeGone)
    add('lost', `${called} was not found by operation ${operation}, and nobody had deleted it.`)
  if (kind === 'upload' && status === 200 && row?.hasPicture === false)
    add('lost', `${called} was given a picture by operation ${operation} and has none.`)
}
