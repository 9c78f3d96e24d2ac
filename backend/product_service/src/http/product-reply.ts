import type { FastifyReply } from '@tallyshop/service-kit/http-server'
import { digestOf } from '@tallyshop/service-kit/representation'
import type { ImageStore } from '../blob-storage/images.ts'
import type { Product } from '../domain/product.ts'
import type { ProductReply } from './schemas.ts'

/** A product as callers see it; a picture of ours as freshly signed URLs. */
export function toReply(product: Product, images: ImageStore | undefined): ProductReply {
  const { imageStem, imageUrl } = product
  const signed = imageStem !== null && images
  return {
    product_id: product.productId,
    name: product.name,
    description: product.description,
    price: product.price,
    stock_quantity: product.stockQuantity,
    image_url: signed ? images.signedUrl(imageStem, 'main') : imageUrl,
    thumbnail_url: signed ? images.signedUrl(imageStem, 'thumbnail') : null,
    created_at: product.createdAt,
    updated_at: product.updatedAt,
  }
}

/** Answers with the product, and with the tag by which an edit can say what it is based on. */
export function sendProduct(reply: FastifyReply, product: Product, images: ImageStore | undefined) {
  const body = toReply(product, images)
  return reply.header('etag', productTag(product, body)).send(body)
}

/**
 * Names the version and the stock, for edits that say what they are based on, and the whole reply, so that no 304 keeps a
 * dead URL alive.
 */
export function productTag({ productId, version, stockQuantity }: Product, reply: ProductReply): string {
  return `"${productId}.${version}.${stockQuantity}.${digestOf(JSON.stringify(reply))}"`
}

/** The versions that an If-Match header names. A proxy that compressed the answer may have made a tag weak. */
export function versionsIn(ifMatch: string): { productId: number; version: number; stockQuantity: number }[] {
  return [...ifMatch.matchAll(/"(\d+)\.(\d+)\.(\d+)\.[\w-]+"/g)].map(
    ([, productId, version, stockQuantity]) => ({
      productId: Number(productId),
      version: Number(version),
      stockQuantity: Number(stockQuantity),
    }),
  )
}
