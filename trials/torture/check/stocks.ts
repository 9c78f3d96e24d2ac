import { type Database, inSnapshot } from './database.ts'
import type { AddFinding } from './finding.ts'

type Row = {
  id: number
  stock: number
  moved: number
  last: number | null
  least: number | null
  balance: number | null
}

/** `I2`, look by look: only the movements since the last look are added up, in the same statement as the stock is read. */
export class Stocks {
  readonly #known = new Map<number, { last: number; sum: number }>()

  async judge(product: Database, add: AddFinding): Promise<void> {
    const rows = await readSince(product, this.#known)
    for (const { id, stock, moved, last, least, balance } of rows) {
      if (stock < 0 || (least ?? 0) < 0) add('I2', `Product ${id} has ${stock} in stock, and had ${least}.`)
      if (balance !== null && balance !== stock) {
        add('I2', `Product ${id} has ${stock} in stock after a movement that left ${balance}.`)
      }
      const { sum = 0, last: before = 0 } = this.#known.get(id) ?? {}
      if (stock === sum + moved) this.#known.set(id, { last: last ?? before, sum: stock })
      else await this.#lookAgain(product, id, add)
    }
  }

  /** All of its movements: a database that was set back, or lost what was seen, has others than we remember. */
  async #lookAgain(product: Database, id: number, add: AddFinding): Promise<void> {
    this.#known.delete(id)
    const [row] = await readSince(product, new Map(), id)
    if (row && row.stock !== row.moved) {
      add('I2', `Product ${id} has ${row.stock} in stock; its movements add up to ${row.moved}.`)
    }
  }
}

async function readSince(
  product: Database,
  known: Map<number, { last: number }>,
  only: number | null = null,
): Promise<Row[]> {
  const { rows } = await inSnapshot(product, (client) =>
    client.query<Row>(
      `select p.product_id as id, stock_quantity::float8 as stock, coalesce(m.moved, 0)::float8 as moved,
         m.last::float8 as last, m.least::float8 as least, m.balance::float8 as balance
       from products p left join unnest($1::int[], $2::bigint[]) as known (id, seen) on known.id = p.product_id
       left join lateral (
         select sum(delta) as moved, max(movement_id) as last, min(balance) as least,
           (array_agg(balance order by movement_id desc))[1] as balance
         from stock_movements where product_id = p.product_id and movement_id > coalesce(seen, 0)) m on true
       where $3::int is null or p.product_id = $3`,
      [[...known.keys()], [...known.values()].map(({ last }) => last), only],
    ),
  )
  return rows
}
