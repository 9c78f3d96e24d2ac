import type { App } from '@tallyshop/service-kit/http-server'
import { nextLink } from '@tallyshop/service-kit/representation'
import type { Context } from '../context.ts'
import { adjustedStock, type Product } from '../domain/product.ts'
import { changeProduct, getProduct } from '../postgres/products.ts'
import { listMovements, type StockMovement } from '../postgres/stock-movements.ts'
import { sendProduct } from './product-reply.ts'
import {
  MovementList,
  MovementQuery,
  ProductPath,
  ProductReply,
  StockAdjustment,
  StockOutOfRangeReply,
} from './schemas.ts'

/** Stock as a ledger: adjust it with a reason, and read every movement that made it what it is. */
export function stockMovementRoutes(app: App, { sql, reads, images }: Context): void {
  const tags = ['stock']
  const config = { access: 'staff' } as const

  app.post(
    '/products/:product_id/stock-adjustments',
    {
      config,
      schema: {
        tags,
        summary: 'Adjust the stock by a number, with a reason',
        params: ProductPath,
        body: StockAdjustment,
        response: { 200: ProductReply, 409: StockOutOfRangeReply },
      },
    },
    async ({ params, body, principal }, reply) => {
      const decide = ({ stockQuantity }: Product) => ({
        stockQuantity: adjustedStock(stockQuantity, body.delta),
      })
      const change = { decide, reason: body.reason, actor: principal.subject }
      const product = await changeProduct(sql, params.product_id, change)
      return sendProduct(reply, product, images)
    },
  )

  app.get(
    '/products/:product_id/stock-movements',
    {
      config: { ...config, shedFirst: true },
      schema: {
        tags,
        summary: 'The movements behind the stock, newest first',
        params: ProductPath,
        querystring: MovementQuery,
        response: { 200: MovementList },
      },
    },
    async ({ params, query }, reply) => {
      await getProduct(reads, params.product_id)
      const rows = await listMovements(reads, params.product_id, { ...query, limit: query.limit + 1 })
      const page = rows.slice(0, query.limit).map(toMovement)
      if (rows.length > page.length) reply.header('link', nextLink(query, page.at(-1)?.movement_id))
      return page
    },
  )
}

function toMovement({ movementId, delta, reason, orderUid, actor, balance, createdAt }: StockMovement) {
  return {
    movement_id: movementId,
    delta,
    reason,
    order_uid: orderUid,
    actor,
    balance,
    created_at: createdAt,
  }
}
