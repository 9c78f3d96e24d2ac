import { answer, nextAfter, productService } from './client.ts'
import type { Movement, NewProduct, Product, ProductChanges } from './types.ts'

/** A product and the mark of the version that was read, to be handed back with a change. */
export type ProductVersion = { product: Product; etag: string | null }

/** A page of a list and where the next one begins; null at the end. */
export type Page<T> = { rows: T[]; nextAfter: number | null }

type Listing = { search: string; after: number | null; limit?: number; signal?: AbortSignal }

/** One page of the products, by id, whose name or description contains `search`. */
export async function listProducts({ search, after, limit = 24, signal }: Listing): Promise<Page<Product>> {
  const query = { skip: 0, limit, ...(search && { search }), ...(after && { after }) }
  const { data, response } = await answer(
    productService.GET('/products', { params: { query }, ...(signal && { signal }) }),
  )
  return { rows: data, nextAfter: nextAfter(response) }
}

/** The product as it is now; a 404 is a `Problem`. */
export async function getProduct(id: number, signal?: AbortSignal): Promise<ProductVersion> {
  const { data, response } = await answer(
    productService.GET('/products/{product_id}', {
      params: { path: { product_id: id } },
      ...(signal && { signal }),
    }),
  )
  return { product: data, etag: response.headers.get('etag') }
}

/** The new product. */
export async function createProduct(body: NewProduct): Promise<Product> {
  return (await answer(productService.POST('/products', { body }))).data
}

/** The product with the fields that were sent changed; a `Problem` of 412 where somebody changed it since `etag` was read. */
export async function updateProduct(
  id: number,
  body: ProductChanges,
  etag: string | null,
): Promise<ProductVersion> {
  const headers = etag ? { 'If-Match': etag } : {}
  const { data, response } = await answer(
    productService.PUT('/products/{product_id}', { params: { path: { product_id: id } }, body, headers }),
  )
  return { product: data, etag: response.headers.get('etag') }
}

/** Takes the product off the shelves for good. */
export async function deleteProduct(id: number): Promise<void> {
  await answer(productService.DELETE('/products/{product_id}', { params: { path: { product_id: id } } }))
}

/** The product with its stock raised or lowered by `delta` units, and a movement that says why. */
export async function adjustStock(id: number, delta: number, reason: string): Promise<ProductVersion> {
  const call = productService.POST('/products/{product_id}/stock-adjustments', {
    params: { path: { product_id: id } },
    body: { delta, reason },
  })
  const { data, response } = await answer(call)
  return { product: data, etag: response.headers.get('etag') }
}

/** One page of the movements that a stock figure is the sum of, newest first. */
export async function listMovements(
  id: number,
  after: number | null,
  signal?: AbortSignal,
): Promise<Page<Movement>> {
  const query = { limit: 20, ...(after && { after }) }
  const { data, response } = await answer(
    productService.GET('/products/{product_id}/stock-movements', {
      params: { path: { product_id: id }, query },
      ...(signal && { signal }),
    }),
  )
  return { rows: data, nextAfter: nextAfter(response) }
}
