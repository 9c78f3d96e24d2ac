import { reconcile } from '@tallyshop/operations/reconcile'
import type { Services } from './services.ts'
import type { Tally } from './tally.ts'

const mostMegabytes = 400

/** What is wrong after all the requests: with the books of both services, their logs, their readiness or their memory. */
export async function faultsAtTheEnd(services: Services, tally: Tally): Promise<string[]> {
  await giveBack(services, tally.heldUids)
  return [
    ...(await faultsInBooks(services)),
    ...(await faultsInCounts(services, tally)),
    ...(await Promise.all([faultsInService(services, 'product'), faultsInService(services, 'order')])).flat(),
  ]
}

/** What was allocated without an order would be stock held for nobody. */
async function giveBack({ product, secret }: Services, heldUids: Set<string>): Promise<void> {
  const headers = { authorization: `Bearer ${secret}` }
  for (const uid of heldUids) await product.client.delete(`/internal/allocations/${uid}`, headers)
}

async function faultsInBooks({ databases }: Services): Promise<string[]> {
  const { differences } = await reconcile(databases)
  return differences.map(({ sentence }) => `reconcile: ${sentence}`)
}

/** What was answered is what is there: each 201 a row, each 204 a row less, and nothing from all that was refused. */
async function faultsInCounts({ productDb, orderDb }: Services, tally: Tally): Promise<string[]> {
  const [products] = await productDb.sql`
    select count(*) as made, count(deleted_at) as deleted from products`
  const [orders] = await orderDb.sql`select count(*) as made, count(deleted_at) as deleted from orders`
  const counts = [
    ['products', products?.made, tally.count('product POST /products', 201)],
    ['deleted products', products?.deleted, tally.count('product DELETE /products/{product_id}', 204)],
    ['orders', orders?.made, tally.orderIds.size],
    ['deleted orders', orders?.deleted, tally.count('order DELETE /orders/{order_id}', 204)],
  ] as const
  return counts
    .filter(([, there, answered]) => there !== answered)
    .map(([what, there, answered]) => `${there} ${what} are there, and ${answered} were answered.`)
}

async function faultsInService(services: Services, name: 'product' | 'order'): Promise<string[]> {
  const { client, memory, logLines } = services[name]
  const ready = await client.get('/readyz').catch((error: Error) => ({ status: error.message }))
  const errors = logLines().filter((line) => !/^\{"level":[1-4]0,/.test(line))
  const most = memory()?.most ?? 0
  return [
    ...(ready.status === 200 ? [] : [`The ${name} service is not ready: ${ready.status}.`]),
    ...errors.slice(0, 5).map((line) => `The ${name} service logged ${line.slice(0, 600)}`),
    ...(most > mostMegabytes ? [`The ${name} service took ${most} MB of memory.`] : []),
  ]
}
