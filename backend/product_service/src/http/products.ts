import type { App, FastifyRequest } from '@tallyshop/service-kit/http-server'
import { ifNoneMatch, nextLink, tagOf } from '@tallyshop/service-kit/representation'
import { NoBody } from '@tallyshop/service-kit/schema'
import type { Context } from '../context.ts'
import { ForeignPicture, ProductChanged } from '../domain/errors.ts'
import { changedFields, isStillAsSeen, type Product, type ProductFields } from '../domain/product.ts'
import {
  changeProduct,
  createProduct,
  deleteProduct,
  getProduct,
  listProducts,
} from '../postgres/products.ts'
import { productTag, sendProduct, toReply, versionsIn } from './product-reply.ts'
import {
  EditHeaders,
  NewProduct,
  ProductEdit,
  ProductList,
  ProductPath,
  ProductQuery,
  ProductReply,
} from './schemas.ts'

/** The catalogue: list, read, create, edit and delete products. */
export function productRoutes(app: App, context: Context): void {
  const { sql, reads, images } = context
  const tags = ['products']

  app.post(
    '/products',
    {
      config: { access: 'staff' },
      schema: { tags, summary: 'Create a product', body: NewProduct, response: { 201: ProductReply } },
    },
    async ({ body, principal }, reply) => {
      const imageUrl = body.image_url ?? null
      if (imageUrl && images?.blobNameOf(imageUrl)) throw new ForeignPicture()
      const { name, description = null, price, stock_quantity: stockQuantity } = body
      const fields = { name, description, price, stockQuantity, imageUrl, imageStem: null }
      const product = await createProduct(sql, fields, principal.subject)
      return sendProduct(reply.code(201), product, images)
    },
  )

  app.get(
    '/products',
    {
      config: { access: 'anyone', shedFirst: true },
      schema: {
        tags,
        summary: 'List products',
        querystring: ProductQuery,
        response: { 200: ProductList, 304: NoBody },
      },
    },
    async ({ query, headers }, reply) => {
      // One more than asked for tells whether there is a next page.
      const rows = await listProducts(reads, { ...query, limit: query.limit + 1 })
      const page = rows.slice(0, query.limit).map((product) => toReply(product, images))
      if (rows.length > page.length) reply.header('link', nextLink(query, page.at(-1)?.product_id))
      const tag = tagOf(JSON.stringify(page))
      reply.headers({ etag: tag, 'cache-control': 'no-cache' })
      return ifNoneMatch(headers['if-none-match'], tag) ? reply.code(304).send(undefined) : page
    },
  )

  app.get(
    '/products/:product_id',
    {
      config: { access: 'anyone', shedFirst: true },
      schema: {
        tags,
        summary: 'Read a product',
        params: ProductPath,
        response: { 200: ProductReply, 304: NoBody },
      },
    },
    async ({ params, headers }, reply) => {
      const product = await getProduct(reads, params.product_id)
      const body = toReply(product, images)
      const tag = productTag(product, body)
      reply.headers({ etag: tag, 'cache-control': 'no-cache' })
      return ifNoneMatch(headers['if-none-match'], tag) ? reply.code(304).send(undefined) : body
    },
  )

  app.put(
    '/products/:product_id',
    {
      config: { access: 'staff', problems: [412] },
      schema: {
        tags,
        summary: 'Change the fields that are sent',
        params: ProductPath,
        headers: EditHeaders,
        body: ProductEdit,
        response: { 200: ProductReply },
      },
    },
    async ({ params, body, headers, principal }, reply) => {
      const decide = (product: Product) => {
        refuseIfChanged(product, headers['if-match'], body)
        return changedFields(product, toFields(body, product, context))
      }
      const change = { decide, reason: 'edit', actor: principal.subject }
      const product = await changeProduct(sql, params.product_id, change)
      return sendProduct(reply, product, images)
    },
  )

  app.delete(
    '/products/:product_id',
    {
      config: { access: 'staff' },
      schema: { tags, summary: 'Delete a product', params: ProductPath, response: { 204: NoBody } },
    },
    async ({ params }, reply) => {
      await deleteProduct(sql, params.product_id)
      return reply.code(204).send(undefined)
    },
  )
}

/** Where the caller says which version they saw: 412 unless it is still the one, stock included if they set it. */
function refuseIfChanged(
  product: Product,
  ifMatch: FastifyRequest['headers']['if-match'],
  edit: ProductEdit,
) {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  const seen = versionsIn(ifMatch).some(({ productId, version, stockQuantity }) => {
    const stock = edit.stock_quantity === undefined ? {} : { stockQuantity }
    return productId === product.productId && isStillAsSeen(product, { version, ...stock })
  })
  if (!seen) throw new ProductChanged()
}

function toFields(edit: ProductEdit, product: Product, { images }: Context): Partial<ProductFields> {
  const { image_url: imageUrl, stock_quantity: stockQuantity, ...fields } = edit
  return {
    ...fields,
    ...(stockQuantity !== undefined && { stockQuantity }),
    ...(imageUrl !== undefined && pictureFields(imageUrl, product, images)),
  }
}

/**
 * A picture of ours that comes back as it was read means "the same picture"; another one of ours is refused. Without
 * storage it was read as null.
 */
function pictureFields(imageUrl: string | null, product: Product, images: Context['images']) {
  if (imageUrl === null && !images && product.imageStem !== null) return {}
  const name = imageUrl === null ? undefined : images?.blobNameOf(imageUrl)
  if (name === undefined) return { imageUrl, imageStem: null }
  if (
    product.imageStem === null ||
    images?.blobNameOf(images.signedUrl(product.imageStem, 'main')) !== name
  ) {
    throw new ForeignPicture()
  }
  return {}
}
