import type { Answer, Outcome, Sending } from './caller.ts'
import { newProduct, type Shelf } from './catalogue.ts'
import {
  type Client,
  type Ending,
  type Operation,
  repeatUntilFinal,
  saidIn,
  sendWhileSafe,
} from './client.ts'

/** Refills what was sold out, or corrects the stock of something; the reason names the operation in the ledger. */
export async function adjustStock(client: Client, operation: Operation): Promise<Ending> {
  const { random, catalogue } = client
  const wanting = catalogue.takeWanting()
  const { id } = wanting ?? catalogue.pickFrom(random.pick(['hot', 'cold', 'scarce'] as const), random)
  const delta = wanting ? random.integer(8, 24) : random.pick([-3, -2, -1, 1, 2, 3, 5])
  const outcome = await sendWhileSafe(client, () =>
    toProducts(client, operation, 'POST', `/products/${id}/stock-adjustments`, {
      body: { delta, reason: `operation ${operation.operation}` },
    }),
  )
  if (typeof outcome === 'string') return outcome
  takeOffIfGone(client, id, outcome)
  return 'final'
}

/** Half of the edits say what they are based on, and may come too late. */
export async function editPrice(client: Client, operation: Operation): Promise<Ending> {
  const { random, catalogue } = client
  const { id } = catalogue.pickFrom(random.pick(['hot', 'cold'] as const), random)
  const body = { price: random.integer(101, 19_999) / 100 }
  const headers = random.chance(0.5) ? await ifUnchanged(client, operation, id) : {}
  const final = await repeatUntilFinal(client, () =>
    toProducts(client, operation, 'PUT', `/products/${id}`, { body, headers }),
  )
  if (!final) return 'open'
  if (final.status === 200) catalogue.learnPrice(id, body.price)
  takeOffIfGone(client, id, final)
  return 'final'
}

/** Puts a new product on a shelf, one with a gap where nothing else is said. What was created without an answer is never sold. */
export async function createProduct(
  client: Client,
  operation: Operation,
  shelf: Shelf = client.catalogue.findGap() ?? 'cold',
  body = newProduct(`operation ${operation.operation}`, shelf, client.random),
): Promise<Ending> {
  const outcome = await sendWhileSafe(client, () =>
    toProducts(client, operation, 'POST', '/products', { body }),
  )
  if (typeof outcome === 'string') return outcome
  if (outcome.status === 201) client.catalogue.add(saidIn(outcome).product_id, shelf, body.price)
  return 'final'
}

/** Takes a product off the list while others order it, who learn of that when they are refused it. */
export async function deleteProduct(client: Client, operation: Operation): Promise<Ending> {
  const { id } = client.catalogue.pickFrom('cold', client.random)
  const final = await repeatUntilFinal(client, () =>
    toProducts(client, operation, 'DELETE', `/products/${id}`, {}),
  )
  return final ? 'final' : 'open'
}

export async function upload(client: Client, operation: Operation): Promise<Ending> {
  const { id } = client.catalogue.pickToBuy(client.random)
  const outcome = await sendWhileSafe(client, () =>
    toProducts(client, operation, 'POST', `/products/${id}/upload-image`, { form: client.picture }),
  )
  if (typeof outcome === 'string') return outcome
  if (outcome.status === 200) client.catalogue.keepPicture(saidIn(outcome).image_url)
  return 'final'
}

/** Somebody else may have taken it off the list. */
function takeOffIfGone({ catalogue }: Client, id: number, { status }: Answer): void {
  if (status === 404) catalogue.remove(id)
}

async function ifUnchanged(
  client: Client,
  operation: Operation,
  id: number,
): Promise<{ 'if-match'?: string }> {
  const read = await toProducts(client, operation, 'GET', `/products/${id}`, {})
  return 'etag' in read && read.etag !== undefined ? { 'if-match': read.etag } : {}
}

async function toProducts(
  client: Client,
  { operation, kind }: Operation,
  method: string,
  path: string,
  rest: Pick<Sending, 'body' | 'form' | 'headers'>,
): Promise<Outcome> {
  return client.call({ operation, kind, method, base: client.productUrl, path, ...rest })
}
