import { type Client, type Ending, isFinal, type Operation } from './client.ts'

/** A page of products or of orders. */
export function list(client: Client, operation: Operation): Promise<Ending> {
  const { random, productUrl, orderUrl } = client
  return random.chance(0.6)
    ? readOnce(
        client,
        operation,
        productUrl,
        random.pick(['/products', '/products?limit=10', '/products?search=hot']),
      )
    : readOnce(
        client,
        operation,
        orderUrl,
        random.pick(['/orders?limit=5', '/orders?limit=5&status=cancelled']),
      )
}

/** One product, or an order of one's own. */
export function read(client: Client, operation: Operation): Promise<Ending> {
  const { random, catalogue, ownOrders, productUrl, orderUrl } = client
  return ownOrders.length > 0 && random.chance(0.5)
    ? readOnce(client, operation, orderUrl, `/orders/${random.pick(ownOrders).id}`)
    : readOnce(client, operation, productUrl, `/products/${catalogue.pickToBuy(random).id}`)
}

/** A picture by its signed address, straight from where it is stored. */
export function picture(client: Client, operation: Operation): Promise<Ending> {
  const { origin, pathname, search } = new URL(client.random.pick(client.catalogue.pictures))
  return readOnce(client, operation, origin, pathname, search)
}

async function readOnce(
  client: Client,
  { operation, kind }: Operation,
  base: string,
  path: string,
  query = '',
): Promise<Ending> {
  const outcome = await client.call({ operation, kind, method: 'GET', base, path, query })
  return isFinal(outcome) ? 'final' : 'gave_up'
}
