import { fragment, type Sql, type Transaction } from '@tallyshop/service-kit/postgres'
import { ProductNotFound } from '../domain/errors.ts'
import type { Product, ProductFields } from '../domain/product.ts'
import { recordMovement } from './stock-movements.ts'

export type ProductQuery = { skip: number; limit: number; after?: number; search?: string }

/** Up to `limit` listed products in id order; `search` is a literal part of a name or description, case ignored. */
export async function listProducts(
  sql: Transaction,
  { skip, limit, after = 0, search }: ProductQuery,
): Promise<Product[]> {
  const pattern = search ? `%${search.replace(/[\\%_]/g, '\\$&')}%` : undefined
  const matches = pattern ? fragment`and (name ilike ${pattern} or description ilike ${pattern})` : fragment``
  return sql<Product[]>`
    select ${columns} from products
    where deleted_at is null and product_id > ${after} ${matches}
    order by product_id limit ${limit} offset ${skip}`
}

/** The product, unless it was deleted. Throws ProductNotFound. */
export async function getProduct(sql: Transaction, productId: number): Promise<Product> {
  const [product] = await sql<Product[]>`
    select ${columns} from products where product_id = ${productId} and deleted_at is null`
  if (!product) throw new ProductNotFound()
  return product
}

/** Lists a new product; its stock enters the ledger as the opening count. */
export async function createProduct(sql: Sql, fields: ProductFields, actor: string): Promise<Product> {
  return sql.begin(async (tx) => {
    const { name, description, price, stockQuantity, imageStem, imageUrl } = fields
    const [product] = await tx<[Product]>`
      insert into products (name, description, price, stock_quantity, image_stem, image_url)
      values (${name}, ${description}, ${price}, ${stockQuantity}, ${imageStem}, ${imageUrl})
      returning ${columns}`
    const { productId } = product
    if (stockQuantity !== 0) {
      const movement = { productId, delta: stockQuantity, balance: stockQuantity, actor }
      await recordMovement(tx, { ...movement, reason: 'opening', orderUid: null })
    }
    return product
  })
}

export type Change = {
  /** Says, from the locked row, which fields get which values; what it throws undoes everything. */
  decide: (product: Product) => Partial<ProductFields>
  /** Why the stock moves, if it does: a line of the ledger. */
  reason: string
  actor: string
}

/**
 * Changes a product under its row lock and returns it; a change of stock enters the ledger in the same transaction.
 * A change of nothing leaves the row, its version and its times alone. Throws ProductNotFound.
 */
export async function changeProduct(sql: Sql, productId: number, change: Change): Promise<Product> {
  return sql.begin(async (tx) => {
    const product = await lockProduct(tx, productId)
    const changes = change.decide(product)
    if (Object.keys(changes).length === 0) return product
    const { stockQuantity, ...edit } = { ...product, ...changes }
    const isEdit = Object.keys(changes).some((field) => field !== 'stockQuantity')
    const [changed] = await tx<[Product]>`
      update products set name = ${edit.name}, description = ${edit.description}, price = ${edit.price},
        stock_quantity = ${stockQuantity}, image_stem = ${edit.imageStem}, image_url = ${edit.imageUrl},
        version = ${product.version + (isEdit ? 1 : 0)}, updated_at = now()
      where product_id = ${productId} returning ${columns}`
    if (stockQuantity !== product.stockQuantity) {
      const { reason, actor } = change
      const delta = stockQuantity - product.stockQuantity
      await recordMovement(tx, { productId, delta, balance: stockQuantity, reason, actor, orderUid: null })
    }
    return changed
  })
}

/** Takes a product off the list for good; orders and the ledger keep it. Throws ProductNotFound. */
export async function deleteProduct(sql: Sql, productId: number): Promise<void> {
  const { count } = await sql`
    update products set deleted_at = now() where product_id = ${productId} and deleted_at is null`
  if (count === 0) throw new ProductNotFound()
}

async function lockProduct(tx: Transaction, productId: number): Promise<Product> {
  const [product] = await tx<Product[]>`
    select ${columns} from products where product_id = ${productId} and deleted_at is null for update`
  if (!product) throw new ProductNotFound()
  return product
}

const columns = fragment`product_id, name, description, price, stock_quantity, image_stem, image_url, version,
  created_at, updated_at`
