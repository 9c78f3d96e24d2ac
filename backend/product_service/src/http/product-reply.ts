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

/** Changes with the version, the stock and the signing window, so that no 304 keeps a dead URL alive. */
export function productTag(product: Product, images: ImageStore | undefined): string {
  const { productId, version, stockQuantity } = product
  return `"${[productId, version, stockQuantity, images?.signingWindow() ?? 0].join('.')}"`
}

/** The versions that an If-Match header names. A proxy that compressed the answer may have made a tag weak. */
export function versionsIn(ifMatch: string): { productId: number; version: number; stockQuantity: number }[] {
  return [...ifMatch.matchAll(/"(\d+)\.(\d+)\.(\d+)\.\d+"/g)].map(
    ([, productId, version, stockQuantity]) => ({
      productId: Number(productId),
      version: Number(version),
      stockQuantity: Number(stockQuantity),
    }),
  )
}
