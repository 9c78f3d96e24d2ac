/** No product has this id, or it was deleted. */
export class ProductNotFound extends Error {
  override name = 'ProductNotFound'
}

/** Somebody else changed the product since the caller read it. */
export class ProductChanged extends Error {
  override name = 'ProductChanged'
}

/** An adjustment would leave stock outside 0 … 1,000,000,000. */
export class StockOutOfRange extends Error {
  override name = 'StockOutOfRange'
  readonly available: number
  readonly delta: number

  constructor(available: number, delta: number) {
    super('The stock would leave its range.')
    this.available = available
    this.delta = delta
  }
}

/** The uploaded bytes are no picture we take; `reason` is a sentence for people. */
export class InvalidPicture extends Error {
  override name = 'InvalidPicture'
  readonly reason: string

  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}

/** An `image_url` under our own storage that is not this product's picture. */
export class ForeignPicture extends Error {
  override name = 'ForeignPicture'
}

/** No picture can be decoded at the moment, whatever it is. */
export class DecodingUnavailable extends Error {
  override name = 'DecodingUnavailable'
}

/** The blob store cannot be reached, failed, or is not configured. */
export class StorageUnavailable extends Error {
  override name = 'StorageUnavailable'
}
