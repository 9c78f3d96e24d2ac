import type { Link, LinkFault, Weather } from '../network/link.ts'
import type { Step } from '../plan.ts'
import type { TrialShop } from '../shop/shop.ts'
import { wait } from '../wait.ts'
import type { Site } from './carry-out.ts'

/** What a network does to some of what passes. */
const troubles: LinkFault[] = [
  { kind: 'delay', ms: 300 },
  { kind: 'delay_answer', ms: 300 },
  { kind: 'slice', bytes: 7, pauseMs: 1 },
  { kind: 'limit', bytesPerSecond: 20_000 },
  { kind: 'lose_request' },
  { kind: 'lose_answer' },
  { kind: 'cut_answer' },
  { kind: 'black_hole', ms: 7_000 },
  { kind: 'half_close', side: 'near' },
  { kind: 'half_close', side: 'far' },
  { kind: 'late', ms: 2_000 },
  { kind: 'repeat', when: 'before' },
  { kind: 'repeat', when: 'with' },
  { kind: 'repeat', when: 'after' },
]

/** Trouble on every link for a while, in one of so many exchanges. */
export async function badNetwork(
  { ms, rate }: Step & { fault: 'bad network' },
  { shop, signal }: Site,
): Promise<boolean> {
  await weatherFor(Object.values(shop.links), { rate, faults: troubles }, ms, signal)
  return true
}

/** Nothing passes between two parts, and each connection between them breaks. */
export async function linkDown(
  { on, ms }: Step & { fault: 'link down' },
  { shop, signal }: Site,
): Promise<boolean> {
  const link = getLink(shop, on)
  link.down()
  await wait(ms, signal)
  link.up()
  return true
}

/** The blob store is away, answers late, or answers that it cannot. */
export async function sickBlobs(
  { fault, ms }: Step & { fault: 'blobs dead' | 'blobs slow' | 'blobs failing' },
  { shop, signal }: Site,
): Promise<boolean> {
  if (fault === 'blobs dead') {
    await shop.blobs.killFor(ms)
    return true
  }
  const links = Object.entries(shop.links).flatMap(([name, link]) => (name.endsWith('→blobs') ? [link] : []))
  const trouble: LinkFault =
    fault === 'blobs slow' ? { kind: 'delay', ms: 4_000 } : { kind: 'answer', status: 503 }
  await weatherFor(links, { rate: 1, faults: [trouble] }, ms, signal)
  return true
}

/** One weather for a while, and then none. */
export async function weatherFor(
  links: Link[],
  weather: Weather,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  for (const link of links) link.weather(weather)
  await wait(ms, signal)
  for (const link of links) link.weather(undefined)
}

export function getLink({ links }: TrialShop, name: string): Link {
  const link = links[name]
  if (!link) throw new Error(`There is no link ${name}.`)
  return link
}
