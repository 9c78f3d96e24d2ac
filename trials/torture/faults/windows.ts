import type { LinkFault, Match } from '../network/link.ts'
import type { Step, Window } from '../plan.ts'
import type { Facts } from '../shop/crash-messages.ts'
import type { TrialShop } from '../shop/shop.ts'
import { wait } from '../wait.ts'
import type { Site } from './carry-out.ts'
import { getLink, weatherFor } from './network.ts'
import { getService } from './processes.ts'

type WindowStep = Step & { fault: 'window' }
type Hit = (step: WindowStep, site: Site) => Promise<number>

/** How long a window is waited for: the shop may be down meanwhile. */
const withinMs = 8_000

const allocation = /^PUT \/internal\/allocations\/[^/ ]+ /

const ways: Record<Exclude<Window, 'clock jumps'>, Hit> = {
  'before the intent': dies('before the intent'),
  'commit of the intent unknown': meets(
    'order-db',
    { kind: 'lose_answer' },
    { request: /insert into placements/ },
  ),
  'request to product lost': meets('products', { kind: 'lose_request' }, { request: allocation }),
  'request delayed': meets('products', { kind: 'late', ms: 6_000 }, { request: allocation }),
  'request sent twice': meets('products', { kind: 'repeat', when: 'with' }, { request: allocation }),
  'release sent twice': meets(
    'products',
    { kind: 'repeat', when: 'after' },
    { request: /^DELETE \/internal\/allocations\// },
  ),
  'product dies before its commit': dies('verdict not committed'),
  'product dies after its commit': dies('verdict committed'),
  'answer lost': meets('products', { kind: 'lose_answer' }, { request: allocation }),
  'order dies before the finish': dies('before the finish'),
  'commit of the finish unknown': meets(
    'order-db',
    { kind: 'lose_answer' },
    { request: /update placements set state/, skip: 1 },
  ),
  '201 lost': dies('after the finish', { by: 'handler', status: 201 }),
  'two drivers at once': twoDrivers,
  'abandon meets a late PUT': latePut,
  'cancel before release': dies('cancelled, not released', { by: 'handler' }),
  'product deleted or repriced meanwhile': changedMeanwhile,
}

/** Brings the shop into one of the protocol's crash windows, and notes each time that it was there; false where it never was. */
export async function hitWindow(step: WindowStep, site: Site): Promise<boolean> {
  const { window, on } = step
  if (window === 'clock jumps') return false
  const hits = await ways[window](step, site)
  for (let hit = 0; hit < hits; hit += 1) site.history.record({ type: 'window', window, on })
  return hits > 0
}

/** The process dies at that point of its work, where the facts there fit. */
function dies(point: string, fits: Facts = {}): Hit {
  return async ({ on }, { shop }) => {
    const facts = await getService(shop, on).arm(point, { action: 'kill' }, { withinMs, fits })
    return facts ? 1 : 0
  }
}

/** What it sends to a neighbour, or hears from it, meets the fault. */
function meets(neighbour: string, fault: LinkFault, match: Match): Hit {
  return async ({ on }, { shop, signal }) => {
    const met = await getLink(shop, `${on}→${neighbour}`).once(fault, { match, withinMs, signal })
    return met ? 1 : 0
  }
}

/** A driver waits before the finish until its lease is over and another has settled the order: it finds that answer. */
async function twoDrivers({ on }: WindowStep, { shop }: Site): Promise<number> {
  const service = getService(shop, on)
  const held = await service.arm('before the finish', { action: 'hold', ms: 6_500 }, { withinMs })
  if (!held) return 0
  const fits = { orderUid: held.orderUid }
  const found = await service.arm('an answer stood', { action: 'count' }, { withinMs: 9_000, fits })
  return found ? 1 : 0
}

/** Every request for stock is held up until its order was called off; each finds `void` where it wanted stock. */
async function latePut(_step: WindowStep, { shop, signal }: Site): Promise<number> {
  const before = reached(shop, 'void stood')
  const links = ['order-1→products', 'order-2→products'].map((name) => getLink(shop, name))
  const late = { rate: 1, faults: [{ kind: 'late' as const, ms: 14_000 }], match: { request: allocation } }
  await weatherFor(links, late, 9_500, signal)
  await wait(8_000, signal)
  return reached(shop, 'void stood') - before
}

const longestHoldMs = 2_000
/** The hold began when the service told of it, which is before we heard. */
const hearingMs = 200

/** Between an order's intent and its verdict, one of its products is sold off the list or gets another price. */
async function changedMeanwhile({ on }: WindowStep, { shop, random }: Site): Promise<number> {
  let isInTime: Promise<boolean> | undefined
  const until = async ({ productIds }: Facts) => {
    const [productId] = Array.isArray(productIds) ? productIds : []
    if (productId === undefined) return
    const began = performance.now()
    const change = random.chance(0.1)
      ? shop.staff.deleteProduct(productId)
      : shop.staff.editPrice(productId, random.integer(100, 9_999) / 100)
    isInTime = change.then((isDone) => isDone && performance.now() - began < longestHoldMs - hearingMs)
    await isInTime
  }
  await getService(shop, on).arm(
    'before asking',
    { action: 'hold_until', until, mostMs: longestHoldMs },
    { withinMs, fits: { by: 'handler', abandoning: false } },
  )
  return (await isInTime) ? 1 : 0
}

function reached({ services }: TrialShop, point: string): number {
  return services.reduce((sum, service) => sum + (service.reached()[point] ?? 0), 0)
}
