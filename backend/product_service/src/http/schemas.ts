import { ProblemWith } from '@tallyshop/service-kit/openapi'
import { HttpUrl, Id, Money, Nullable, Text, Timestamp, Uuid } from '@tallyshop/service-kit/schema'
import { type Static, Type } from 'typebox'
import { largestStock } from '../domain/product.ts'

const name = Text({ minLength: 1, maxLength: 255 })
const description = Nullable(Text({ maxLength: 2000, block: true }))
const price = Money({ exclusiveMinimum: 0, maximum: 99_999_999.99 })
const stockQuantity = Type.Integer({ minimum: 0, maximum: largestStock })
const imageUrl = Nullable(HttpUrl)

export const NewProduct = Type.Object({
  name,
  description: Type.Optional(description),
  price,
  stock_quantity: stockQuantity,
  image_url: Type.Optional(imageUrl),
})

export const ProductEdit = Type.Partial(
  Type.Object({ name, description, price, stock_quantity: stockQuantity, image_url: imageUrl }),
)
export type ProductEdit = Static<typeof ProductEdit>

export const EditHeaders = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'The ETag the edit is based on: 412 if somebody was faster.' }),
  ),
})

export const ProductReply = Type.Object({
  product_id: Id,
  name: Type.String(),
  description: Nullable(Type.String()),
  price: Money(),
  stock_quantity: Type.Integer(),
  image_url: Nullable(Type.String()),
  thumbnail_url: Nullable(Type.String()),
  created_at: Timestamp,
  updated_at: Nullable(Timestamp),
})
export type ProductReply = Static<typeof ProductReply>

export const ProductList = Type.Array(ProductReply)

const limit = Type.Integer({ minimum: 1, maximum: 100, default: 100 })

export const ProductQuery = Type.Object({
  skip: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1, default: 0 }),
  limit,
  after: Type.Optional(Id),
  search: Type.Optional(Text({ maxLength: 255 })),
})

export const StockAdjustment = Type.Object({
  delta: Type.Unsafe<number>({
    type: 'integer',
    minimum: -largestStock,
    maximum: largestStock,
    not: { const: 0 },
  }),
  reason: Text({ minLength: 1, maxLength: 255 }),
})

export const StockOutOfRangeReply = ProblemWith({ available: Type.Integer() })

export const StockMovementReply = Type.Object({
  movement_id: Type.Integer(),
  delta: Type.Integer(),
  reason: Type.String(),
  order_uid: Nullable(Uuid),
  actor: Type.String(),
  balance: Type.Integer(),
  created_at: Timestamp,
})

export const MovementList = Type.Array(StockMovementReply)

export const MovementQuery = Type.Object({
  limit,
  after: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
})

export const ProductPath = Type.Object({ product_id: Id })

export const AllocationPath = Type.Object({ order_uid: Uuid })

export const AllocationRequest = Type.Object({
  lines: Type.Array(
    Type.Object({
      product_id: Id,
      quantity: Type.Integer({ minimum: 1, maximum: largestStock }),
      expected_price: Type.Optional(Money({ exclusiveMinimum: 0 })),
    }),
    { minItems: 1, maxItems: 100 },
  ),
})

const AllocatedLine = Type.Object({
  product_id: Id,
  quantity: Type.Integer(),
  unit_price: Money(),
  name: Type.String(),
})

const Rejection = Type.Object({
  code: Type.Enum(['out_of_stock', 'price_changed']),
  lines: Type.Array(Type.Record(Type.String(), Type.Number())),
})

/** Only a 200 of this shape is a verdict. `lines` where stock is or was held, `rejection` where it was refused. */
export const AllocationReply = Type.Object({
  verdict: Type.Enum(['held', 'released', 'rejected', 'void']),
  lines: Type.Optional(Type.Array(AllocatedLine)),
  rejection: Type.Optional(Rejection),
})
export type AllocationReply = Static<typeof AllocationReply>
