import type { Deeds, Sent } from './deeds.ts'
import type { ProductFacts } from './facts.ts'

/** What one request, sent as often as it took, set a price to, or may have set it to. Times in ms of the history. */
type Setting = { price: string; from: number; until: number; isDone: boolean }

/** A request may still be on its way when its client has given it up or been answered by another replica. */
const lateMs = 30_000

/** The prices of products over time, as far as anybody outside can know them. */
export class Prices {
  readonly #settings = new Map<number, Setting[]>()

  constructor(deeds: Deeds, { products }: ProductFacts) {
    const byName = new Map([...products.values()].map(({ id, name }) => [name, id]))
    for (const { kind, sent } of deeds.of('create_product', 'edit_price')) {
      // Who edits may have read before.
      const [first, ...repeated] = sent.filter(({ body }) => typeof body?.price === 'number')
      const id = kind === 'create_product' ? byName.get(first?.body.name) : productIn(first?.path ?? '')
      if (id === undefined || first === undefined) continue
      const settings = this.#settings.get(id) ?? []
      this.#settings.set(id, [...settings, settingOf(first, [first, ...repeated])])
    }
  }

  /** Whether a product may have had that price at some time in between: one that was set, and that no later one had replaced. */
  had(productId: number, price: string, from: number, until: number): boolean {
    const settings = this.#settings.get(productId) ?? []
    return settings.some(
      (one) =>
        one.price === price &&
        one.from <= until &&
        !settings.some((later) => later.isDone && later.from > one.until + lateMs && later.until < from),
    )
  }
}

/** The product that a path names. */
export function productIn(path: string): number | undefined {
  const id = /^\/products\/(\d+)/.exec(path)?.[1]
  return id === undefined ? undefined : Number(id)
}

function settingOf({ at, body }: Sent, sent: Sent[]): Setting {
  const ends = sent.map(({ answer, failedAt }) => answer?.at ?? failedAt ?? Number.POSITIVE_INFINITY)
  return {
    price: body.price.toFixed(2),
    from: at,
    until: Math.max(...ends),
    isDone: sent.some(({ answer }) => answer && answer.status < 300),
  }
}
