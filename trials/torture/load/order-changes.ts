import { type Client, type Ending, type Operation, type OwnOrder, repeatUntilFinal } from './client.ts'

/** Cancels a recent order of one's own, whatever has become of it meanwhile. */
export function cancel(client: Client, operation: Operation): Promise<Ending> {
  return change(client, operation, 'PATCH', ({ id }) => `/orders/${id}/status?new_status=cancelled`)
}

/** Moves an order along, as the staff does. */
export function move(client: Client, operation: Operation): Promise<Ending> {
  const status = client.random.pick(['processing', 'shipped', 'delivered'])
  return change(client, operation, 'PATCH', ({ id }) => `/orders/${id}/status?new_status=${status}`)
}

export function deleteOrder(client: Client, operation: Operation): Promise<Ending> {
  return change(client, operation, 'DELETE', ({ id }) => `/orders/${id}`)
}

async function change(
  client: Client,
  { operation, kind }: Operation,
  method: string,
  pathOf: (order: OwnOrder) => string,
): Promise<Ending> {
  const { random, ownOrders, orderUrl: base } = client
  const path = pathOf(random.pick(ownOrders.slice(-10)))
  const final = await repeatUntilFinal(client, () => client.call({ operation, kind, method, base, path }))
  return final ? 'final' : 'open'
}
