import { randomUUID } from 'node:crypto'
import type { Principal } from '@tallyshop/service-kit/access'
import type { App, FastifyReply, FastifyRequest } from '@tallyshop/service-kit/http-server'
import { nextLink } from '@tallyshop/service-kit/representation'
import { NoBody } from '@tallyshop/service-kit/schema'
import type { Context } from '../context.ts'
import { type DueOrder, releaseStock } from '../domain/cancel-order.ts'
import { OrderingUnavailable, OutcomePending } from '../domain/errors.ts'
import { placeOrder } from '../domain/place-order.ts'
import type { Wish } from '../domain/placement.ts'
import { deleteOrder, getOrder, listOrders, moveOrder } from '../postgres/orders.ts'
import { toItemReply, toReply } from './answers.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { orderToken, withToken } from './order-token.ts'
import {
  ItemList,
  MoveNotAllowedReply,
  NewOrder,
  OrderList,
  OrderPath,
  OrderQuery,
  OrderReply,
  PlacedOrderReply,
  PlaceHeaders,
  RefusedOrderReply,
  StatusChange,
} from './schemas.ts'

const tags = ['orders']

/** Orders: place, list, read, move along, delete. What an order says is for its owner alone, so nothing is cached. */
export function orderRoutes(app: App, context: Context): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  placeRoute(app, context)
  readRoutes(app, context)
  changeRoutes(app, context)
}

function placeRoute(app: App, context: Context): void {
  const schema = {
    tags,
    summary: 'Place an order',
    description:
      'Prices and stock are the server’s: `price_at_purchase` only says what the buyer was shown. Send an ' +
      '`Idempotency-Key` and repeat the request with it until the answer is final.',
    headers: PlaceHeaders,
    body: NewOrder,
    response: { 201: PlacedOrderReply, 409: RefusedOrderReply },
  }
  const config = { access: 'anyone' } as const
  app.post(
    '/orders',
    { config, schema, onRequest: [returnKey, refuseWhenOverloaded] },
    async (request, reply) => {
      const { principal, body, id } = request
      const orderUid = randomUUID()
      const key = String(reply.getHeader('idempotency-key') ?? orderUid)
      reply.header('idempotency-key', key)
      const answer = await placeOrder(toWish(body, principal, id), { key, orderUid }, context)
      reply.code(answer.status as 201).type('application/json; charset=utf-8')
      if (answer.status !== 201) return reply.serializer(String).send(answer.body as never)
      const token = orderToken(context.orderTokenSecret, answer.orderUid)
      return reply.serializer(String).send(withToken(answer.body, token) as never)
    },
  )
}

/** Before the body is looked at, so that every answer carries the key. */
async function returnKey({ headers, principal }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const key = readIdempotencyKey(headers['idempotency-key'], principal)
  if (key !== undefined) reply.header('idempotency-key', key)
}

/** Before anything is noted. A key of the asker's own may be that of an order which is noted already, and nobody looks now. */
async function refuseWhenOverloaded({ server }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!server.isOverloaded('last')) return
  if (reply.hasHeader('idempotency-key')) throw new OutcomePending('There is too much to do to look.')
  reply.header('idempotency-key', randomUUID())
  throw new OrderingUnavailable('There is too much to do.')
}

function readRoutes(app: App, { reads }: Context): void {
  const config = { access: 'owner', shedFirst: true } as const

  const list = {
    tags,
    summary: 'List orders, newest first',
    querystring: OrderQuery,
    response: { 200: OrderList },
  }
  app.get('/orders', { config, schema: list }, async ({ query }, reply) => {
    // One more than asked for tells whether there is a next page.
    const rows = await listOrders(reads, { ...query, limit: query.limit + 1 })
    const page = rows.slice(0, query.limit).map(toReply)
    if (rows.length > page.length) reply.header('link', nextLink(query, page.at(-1)?.order_id))
    return page
  })

  const read = { tags, summary: 'Read an order', params: OrderPath, response: { 200: OrderReply } }
  app.get('/orders/:order_id', { config, schema: read }, async ({ params }) =>
    toReply(await getOrder(reads, params.order_id)),
  )

  const items = { tags, summary: "Read an order's items", params: OrderPath, response: { 200: ItemList } }
  app.get('/orders/:order_id/items', { config, schema: items }, async ({ params }) => {
    const order = await getOrder(reads, params.order_id)
    return order.items.map(toItemReply)
  })
}

function changeRoutes(app: App, context: Context): void {
  const { sql } = context

  const move = {
    tags,
    summary: 'Move an order along, or cancel it',
    params: OrderPath,
    querystring: StatusChange,
    response: { 200: OrderReply, 409: MoveNotAllowedReply },
  }
  app.patch('/orders/:order_id/status', { config: { access: 'owner' }, schema: move }, async (request) => {
    const { params, query, principal } = request
    const order = await moveOrder(sql, params.order_id, query.new_status, principal.subject)
    await returnStock(order, context, request)
    return toReply(order)
  })

  const remove = { tags, summary: 'Delete an order', params: OrderPath, response: { 204: NoBody } }
  app.delete('/orders/:order_id', { config: { access: 'staff' }, schema: remove }, async (request, reply) => {
    const { params, principal } = request
    const order = await deleteOrder(sql, params.order_id, principal.subject)
    await returnStock(order, context, request)
    return reply.code(204).send(undefined)
  })
}

/** The order is cancelled whatever becomes of this: what cannot be returned at once, the sweeper returns. */
async function returnStock(order: DueOrder, context: Context, { id, log }: FastifyRequest): Promise<void> {
  await releaseStock(order, context, id).catch((err) => log.warn({ err }, 'the stock is returned later'))
}

/** An order taken elsewhere is recorded by staff, for whom and as far as it has come; others order for themselves. */
function toWish(body: NewOrder, { role, subject }: Principal, requestId: string): Wish {
  const recorded: Pick<NewOrder, 'user_id' | 'status'> = role === 'staff' ? body : {}
  return {
    userId: recorded.user_id ?? null,
    shippingAddress: body.shipping_address ?? null,
    status: recorded.status ?? 'pending',
    lines: body.items.map(({ product_id: productId, quantity, price_at_purchase: expectedPrice }) => ({
      productId,
      quantity,
      ...(expectedPrice !== undefined && expectedPrice !== null && { expectedPrice }),
    })),
    actor: subject,
    requestId,
  }
}
