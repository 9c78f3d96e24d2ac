import { createRandom, type Random } from './random.ts'

/** What can be done to the shop, as `--faults` names it. */
export const faultGroups = [
  'kill',
  'postgres',
  'pause',
  'network',
  'windows',
  'clock',
  'disk',
  'blobs',
  'rolling',
  'restore',
] as const

export type FaultGroup = (typeof faultGroups)[number]

/** The crash windows of the protocol that a fault of its own aims at; what is restored is another trial. */
export const windows = [
  'before the intent',
  'commit of the intent unknown',
  'request to product lost',
  'request delayed',
  'request sent twice',
  'release sent twice',
  'product dies before its commit',
  'product dies after its commit',
  'answer lost',
  'order dies before the finish',
  'commit of the finish unknown',
  '201 lost',
  'two drivers at once',
  'abandon meets a late PUT',
  'cancel before release',
  'product deleted or repriced meanwhile',
  'clock jumps',
] as const

export type Window = (typeof windows)[number]

/** Something to be done at a moment, in milliseconds since the start; `ms` is for how long. */
export type Step = { at: number } & (
  | { fault: 'kill service'; on: Service }
  | { fault: 'kill postgres'; on: Database }
  | { fault: 'kill backend' | 'end backends'; on: Database }
  | { fault: 'pause'; on: Service | Database; ms: number }
  | { fault: 'bad network'; on: 'all links'; ms: number; rate: number }
  | { fault: 'link down'; on: string; ms: number }
  | { fault: 'window'; on: Service; window: Window }
  | { fault: 'clock'; on: Service; ms: number; byMs: number }
  | { fault: 'disk full'; on: Database; ms: number }
  | { fault: 'blobs dead' | 'blobs slow' | 'blobs failing'; on: 'blobs'; ms: number }
  | { fault: 'rolling restart'; on: 'all services' }
)

export type Service = 'product-1' | 'product-2' | 'order-1' | 'order-2'
export type Database = 'product-db' | 'order-db'

/** A minute of faults, of which a rolling restart has the last part for itself. */
export const roundMs = 60_000
const faultyMs = 48_000

/** What is done when, by the seed: rounds of a minute, each with the same faults in another order on other targets. */
export function makePlan(seed: number, seconds: number, groups: FaultGroup[]): Step[] {
  const random = createRandom(`plan ${seed}`)
  const steps: Step[] = []
  for (let round = 0; round * roundMs < seconds * 1_000; round += 1) {
    const wanted = random.shuffle(roundOf(round, random, groups))
    const gapMs = faultyMs / Math.max(wanted.length, 1)
    const start = round * roundMs
    wanted.forEach((step, index) => {
      steps.push({ ...step, at: Math.round(start + 1_000 + (index + random.next() * 0.6) * gapMs) } as Step)
    })
    if (groups.includes('rolling') && round % 2 === 0) {
      steps.push({ at: start + faultyMs + 1_500, fault: 'rolling restart', on: 'all services' })
    }
  }
  return steps.filter(({ at }) => at < seconds * 1_000).sort((a, b) => a.at - b.at)
}

type WithoutTime = Step extends infer Each ? (Each extends unknown ? Omit<Each, 'at'> : never) : never

const services = ['product-1', 'product-2', 'order-1', 'order-2'] as const
const orderServices = ['order-1', 'order-2'] as const
const productServices = ['product-1', 'product-2'] as const
const databases = ['product-db', 'order-db'] as const
const links = [
  ...['order-1→products', 'order-2→products', 'order-1→order-db', 'order-2→order-db'],
  ...['product-1→product-db', 'product-2→product-db', 'product-1→blobs'],
  ...['edge→order-1', 'edge→order-2', 'edge→product-1', 'edge→product-2'],
]

function roundOf(round: number, random: Random, groups: FaultGroup[]): WithoutTime[] {
  const byGroup: Record<FaultGroup, () => WithoutTime[]> = {
    kill: () =>
      times(10, (index) => ({
        fault: 'kill service' as const,
        on: services[(index + round) % 4] ?? 'order-1',
      })),
    postgres: () => [
      ...times(5, (index) => ({
        fault: 'kill postgres' as const,
        on: databases[(index + round) % 2] ?? 'order-db',
      })),
      { fault: 'kill backend', on: random.pick(databases) },
      { fault: 'kill backend', on: random.pick(databases) },
      { fault: 'end backends', on: random.pick(databases) },
    ],
    pause: () => [
      { fault: 'pause', on: random.pick(services), ms: random.integer(1_000, 10_000) },
      { fault: 'pause', on: random.pick(databases), ms: random.integer(1_000, 4_000) },
    ],
    network: () => [
      {
        fault: 'bad network',
        on: 'all links',
        ms: random.integer(6_000, 12_000),
        rate: random.integer(1, 5) / 100,
      },
      { fault: 'link down', on: random.pick(links), ms: random.integer(500, 5_000) },
    ],
    windows: () => windowsOf(round, random),
    clock: () => [
      {
        fault: 'clock',
        on: random.pick(services),
        ms: 8_000,
        byMs: (random.chance(0.5) ? 1 : -1) * 3_600_000,
      },
    ],
    disk: () =>
      round % 3 === 0
        ? [{ fault: 'disk full', on: databases[(round / 3) % 2] ?? 'order-db', ms: 2_500 }]
        : [],
    blobs: () => [
      {
        fault: random.pick(['blobs dead', 'blobs slow', 'blobs failing'] as const),
        on: 'blobs',
        ms: random.integer(3_000, 8_000),
      },
    ],
    rolling: () => [],
    restore: () => [],
  }
  return groups.flatMap((group) => byGroup[group]())
}

/** These take luck as well, and are aimed at more often. */
const hardToHit: Window[] = ['request delayed', 'two drivers at once', 'cancel before release']

/** Each window once a round; orders are held up for seconds where a late PUT is to meet their end: every third. */
function windowsOf(round: number, random: Random): WithoutTime[] {
  return [...windows, ...(round % 2 === 1 ? hardToHit : [])]
    .filter(
      (window) => window !== 'clock jumps' && (window !== 'abandon meets a late PUT' || round % 3 === 1),
    )
    .map((window) => ({
      fault: 'window',
      window,
      on: random.pick(window.startsWith('product dies') ? productServices : orderServices),
    }))
}

function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index))
}
