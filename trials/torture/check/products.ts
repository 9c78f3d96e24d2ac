import type { Evidence } from './evidence.ts'
import type { AddFinding } from './finding.ts'

/** `lost` and `doubled`, of products: those that were created are there once, those that were deleted are gone. */
export function judgeProducts({ deeds, product }: Evidence, add: AddFinding): void {
  const byName = Map.groupBy(product.products.values(), ({ name }) => name)
  for (const deed of deeds.of('create_product')) {
    const name = deed.sent[0]?.body?.name
    const found = byName.get(name)?.length ?? 0
    const acknowledged = deed.sent.some(({ answer }) => answer?.status === 201)
    if (acknowledged && found === 0) add('lost', `Product ${name} was acknowledged and is not there.`)
    if (found > 1) add('doubled', `Product ${name} is there ${found} times.`)
  }
  for (const deed of deeds.of('delete_product')) {
    const { path = '' } = deed.sent[0] ?? {}
    const acknowledged = deed.sent.some(({ answer }) => answer?.status === 204)
    const id = Number(/\d+$/.exec(path)?.[0])
    if (acknowledged && product.products.get(id)?.isDeleted !== true) {
      add('lost', `Product ${id} was deleted and is there.`)
    }
  }
}
