import { Problem } from '@tallyshop/service-kit/problems'
import { InvalidRequest } from '@tallyshop/service-kit/schema'
import {
  DecodingUnavailable,
  ForeignPicture,
  InvalidPicture,
  ProductChanged,
  ProductNotFound,
  StockOutOfRange,
  StorageUnavailable,
} from '../domain/errors.ts'

export const productNotFound = new Problem(404, 'product_not_found', 'Product not found')

/** The one table from what the domain says to what a caller sees. */
export function productProblems(error: unknown): Problem | InvalidRequest | undefined {
  if (error instanceof ProductNotFound) return productNotFound
  if (error instanceof ProductChanged) {
    return new Problem(
      412,
      'product_changed',
      'Somebody else changed this product. Load it again before you change it.',
    )
  }
  if (error instanceof StockOutOfRange) {
    const detail = `Stock is ${error.available}; a change by ${error.delta} would take it out of the range from 0 to 1000000000.`
    return new Problem(409, 'stock_out_of_range', detail, { facts: { available: error.available } })
  }
  if (error instanceof InvalidPicture) return new Problem(422, 'invalid_picture', error.reason)
  if (error instanceof ForeignPicture) {
    const msg = "This is another product's picture. Upload the file again instead."
    return new InvalidRequest('body', [{ type: 'value_error', loc: ['body', 'image_url'], msg }])
  }
  if (error instanceof StorageUnavailable) {
    return new Problem(
      503,
      'storage_unavailable',
      'Pictures cannot be stored at the moment. Please try again.',
      {
        headers: { 'retry-after': '5' },
      },
    )
  }
  if (error instanceof DecodingUnavailable) {
    return new Problem(503, 'overloaded', 'Pictures cannot be taken at the moment. Please try again.', {
      headers: { 'retry-after': '5' },
    })
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'FST_INVALID_MULTIPART_CONTENT_TYPE') {
    return new Problem(415, 'unsupported_media_type', 'The picture must be sent as multipart/form-data.')
  }
  return undefined
}
