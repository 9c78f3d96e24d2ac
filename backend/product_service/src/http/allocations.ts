import type { App } from '@tallyshop/service-kit/http-server'
import type { Context } from '../context.ts'
import type { Allocation } from '../domain/allocation.ts'
import { abandon, allocate, release } from '../postgres/allocations.ts'
import { AllocationPath, AllocationReply, AllocationRequest } from './schemas.ts'

/** What the order service asks: stock for an order, all of it or none, and stock back. Each call may be repeated. */
export function allocationRoutes(app: App, { sql }: Context): void {
  const config = { access: 'service' } as const
  const params = AllocationPath
  const response = { 200: AllocationReply }

  app.put(
    '/internal/allocations/:order_uid',
    { config, schema: { summary: 'Take the stock of an order', params, body: AllocationRequest, response } },
    async ({ params, body }) => {
      const lines = body.lines.map(({ product_id: productId, quantity, expected_price: expectedPrice }) => ({
        productId,
        quantity,
        expectedPrice,
      }))
      return toReply(await allocate(sql, params.order_uid, lines))
    },
  )

  app.delete(
    '/internal/allocations/:order_uid',
    { config, schema: { summary: 'Give the stock of an order back', params, response } },
    async ({ params }) => toReply(await release(sql, params.order_uid)),
  )

  app.put(
    '/internal/allocations/:order_uid/abandonment',
    {
      config,
      schema: { summary: 'Make sure that a verdict stands: void, unless there is one', params, response },
    },
    async ({ params }) => toReply(await abandon(sql, params.order_uid)),
  )
}

function toReply(allocation: Allocation): AllocationReply {
  if (!('lines' in allocation)) return allocation
  const lines = allocation.lines.map(({ productId, quantity, unitPrice, name }) => ({
    product_id: productId,
    quantity,
    unit_price: unitPrice,
    name,
  }))
  return { verdict: allocation.verdict, lines }
}
