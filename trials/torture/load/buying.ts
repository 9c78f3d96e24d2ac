import type { Random } from '../random.ts'
import type { Answer, Outcome } from './caller.ts'
import type { Catalogue } from './catalogue.ts'
import {
  type Client,
  type Ending,
  hadNoEffect,
  isFinal,
  type NewOrder,
  type Operation,
  pauseAfter,
  repeatUntilFinal,
  saidIn,
} from './client.ts'

const mostRemembered = 50

/** Places an order and repeats it until the answer is final; a tenth is sent twice at once, a few again after their answer. */
export async function order(client: Client, { operation, kind }: Operation): Promise<Ending> {
  const { random } = client
  if (random.chance(0.02)) await askAgain(client)
  const body = drawOrder(operation, client)
  if (client.keyless) return orderWithoutKey(client, { operation, kind }, body)
  const key = random.uuid()
  const send = () => post(client, { operation, kind }, body, key)
  const first = random.chance(0.1) ? await sendTwice(send) : await send()
  const final = await goOn(client, first, send)
  if (!final) return 'open'
  if (random.chance(0.02)) await send()
  learn(client, operation, final, { key, body })
  return 'final'
}

/** The oldest order of one's own, moved along or deleted meanwhile perhaps: its answer is what it was. */
async function askAgain(client: Client): Promise<void> {
  const { operation, key, body } = client.ownOrders[0] ?? {}
  if (operation && body) await post(client, { operation, kind: 'order' }, body, key)
}

/** Sends another order, or one unit more, under the key of one that was acknowledged, which belongs to that one for ever. */
export async function reuseKey(client: Client, { operation, kind }: Operation): Promise<Ending> {
  const { random } = client
  const { key, body: sent } = random.pick(client.ownOrders)
  const body = random.chance(0.5) ? drawOrder(operation, client) : withOneMore(sent)
  const final = await repeatUntilFinal(client, () => post(client, { operation, kind }, body, key))
  return final ? 'final' : 'open'
}

function withOneMore({ items: [first, ...rest], ...order }: NewOrder): NewOrder {
  return { ...order, items: first ? [{ ...first, quantity: first.quantity + 1 }, ...rest] : [] }
}

/** Whoever sends no key can repeat where nothing was done, and under the key that an answer brings. */
async function orderWithoutKey(
  client: Client,
  { operation, kind }: Operation,
  body: NewOrder,
): Promise<Ending> {
  for (let tries = 1; !client.signal.aborted; tries += 1) {
    const outcome = await post(client, { operation, kind }, body)
    const key = 'error' in outcome ? undefined : outcome.key
    if (key === undefined && !isFinal(outcome)) {
      if (!hadNoEffect(outcome)) return 'gave_up'
      if (!(await pauseAfter(outcome, tries, client))) return 'gave_up'
      continue
    }
    const final = await goOn(client, outcome, () => post(client, { operation, kind }, body, key))
    if (!final) return 'open'
    learn(client, operation, final, { key, body })
    return 'final'
  }
  return 'gave_up'
}

async function goOn(
  client: Client,
  first: Outcome,
  send: () => Promise<Outcome>,
): Promise<Answer | undefined> {
  if (isFinal(first)) return first
  if (!(await pauseAfter(first, 1, client))) return undefined
  return repeatUntilFinal(client, send)
}

/** Both at once; a final answer, where one of them is. */
async function sendTwice(send: () => Promise<Outcome>): Promise<Outcome> {
  const [one, other] = await Promise.all([send(), send()])
  return isFinal(one) ? one : other
}

async function post(
  client: Client,
  { operation, kind }: Operation,
  body: NewOrder,
  key?: string,
): Promise<Outcome> {
  const { orderUrl: base } = client
  return client.call({ operation, kind, method: 'POST', base, path: '/orders', key, body })
}

/** What the answer tells: an order of one's own, prices as they are now, and what is sold out. */
function learn(
  client: Client,
  operation: number,
  answer: Answer,
  { key, body }: { key: string | undefined; body: NewOrder },
): void {
  const { ownOrders, catalogue } = client
  client.countOrder(answer)
  const { order_id: id, items = [], code, lines = [] } = saidIn(answer)
  if (answer.status === 201 && key !== undefined) {
    ownOrders.push({ id, operation, key, body })
    if (ownOrders.length > mostRemembered) ownOrders.shift()
  }
  for (const { product_id, price_at_purchase } of items) catalogue.learnPrice(product_id, price_at_purchase)
  if (code === 'price_changed') {
    for (const { product_id, current } of lines) catalogue.learnPrice(product_id, current)
  }
  if (code === 'out_of_stock') {
    for (const { product_id, available } of lines) catalogue.lack(product_id, available)
  }
}

/** One to five lines, some of them for the same product, some with the price that the buyer believes in. */
function drawOrder(operation: number, { random, catalogue }: Client): NewOrder {
  const tellsPrices = random.chance(0.05)
  const items = Array.from({ length: random.integer(1, 5) }, () => drawLine(catalogue, random, tellsPrices))
  if (random.chance(0.1)) items.push({ ...random.pick(items), quantity: random.integer(1, 3) })
  return { items: items.slice(0, 5), shipping_address: `operation ${operation}` }
}

function drawLine(catalogue: Catalogue, random: Random, tellsPrices: boolean): NewOrder['items'][number] {
  const { id, priceCents, formerPriceCents } = catalogue.pickToBuy(random)
  const believed = random.chance(0.2) ? formerPriceCents : priceCents
  return {
    product_id: id,
    quantity: random.integer(1, 3),
    ...(tellsPrices && { price_at_purchase: believed / 100 }),
  }
}
