import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Arguments } from './arguments.ts'
import { findingsIn, type HistoryEvent } from './history.ts'
import { type Mutant, mutants } from './patches/mutants.ts'
import { makePlan, type Step } from './plan.ts'
import { markdown } from './report/table.ts'
import { tryRestores } from './restores.ts'
import { historyFileIn, run } from './run.ts'

/** A mutant has to be caught within so long of the first request. */
const promisedMs = 60_000
/** Of which the faults have so long; the rest is for what is left open to settle. */
const faultSeconds = 25

/** Where each leaves its history. */
const home = fileURLToPath(new URL('../../.torture/mutants/', import.meta.url))

export type Caught = { name: string; checks: string[]; ms: number | undefined; isFine: boolean }

const asTheyAre = { about: 'What is found here is found wrongly.', caughtBy: [], edits: [] }

/** The services as they are, under everything that any mutant is tried under: nothing may be found. */
const unchanged: Mutant[] = [
  {
    ...asTheyAre,
    name: 'none: the services as they are',
    under: {
      windows: [...new Set(mutants.flatMap(({ under }) => under.windows ?? []))],
      groups: [...new Set(mutants.flatMap(({ under }) => under.groups ?? []))],
    },
  },
  {
    ...asTheyAre,
    name: 'none, in the steps that mutants have of their own',
    under: { steps: [...new Set(mutants.flatMap(({ under }) => under.steps ?? []))] },
  },
  { ...asTheyAre, name: 'none, and a database restored', under: { restore: 'order_db' } },
]

/**
 * Tries each mutant, or those whose names contain one of the words, and the services without any, and prints which check
 * caught which. True where all mutants were caught in time and nothing else was.
 */
export async function tryMutants(
  words: string[],
  { seed, clients }: Pick<Arguments, 'seed' | 'clients'>,
  signal: AbortSignal,
): Promise<boolean> {
  const wanted = [...unchanged, ...mutants].filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  )
  console.log(`${wanted.length} to try, seed ${seed}`)
  const all: Caught[] = []
  for (const mutant of wanted) {
    if (signal.aborted) break
    const caught = await tryMutant(mutant, { seed, clients, signal })
    all.push(caught)
    console.log(`${caught.isFine ? 'fine' : 'NOT '}  ${caught.name}: ${describe(caught)}`)
  }
  const rows = all.map((caught): [string, string] => [caught.name, describe(caught)])
  console.log(`\n${markdown(['mutant', 'found by'], rows)}`)
  return wanted.length > 0 && all.length === wanted.length && all.every(({ isFine }) => isFine)
}

type MutantOptions = { seed: number; clients: number; signal: AbortSignal }

async function tryMutant(mutant: Mutant, options: MutantOptions): Promise<Caught> {
  const folder = join(home, mutant.name.replaceAll(/\W+/g, '-'))
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return caughtIn(mutant, await (mutant.under.restore ? tryRestored : tryBroken)(mutant, folder, options))
}

async function tryBroken(mutant: Mutant, folder: string, options: MutantOptions): Promise<HistoryEvent[]> {
  const { events } = await run({
    ...options,
    seconds: faultSeconds,
    plan: planFor(mutant.under, options.seed),
    patches: [mutant],
    folder: join(folder, 'shop'),
    historyFile: historyFileIn(folder),
    endAt: mutant.caughtBy,
  })
  return events
}

async function tryRestored(
  mutant: Mutant,
  folder: string,
  { seed, signal }: MutantOptions,
): Promise<HistoryEvent[]> {
  const rounds = [{ only: mutant.under.restore ?? 'order_db', earlierMs: 5_000 }]
  const trials = await tryRestores(folder, { seed, rounds, patches: [mutant] }, signal)
  return trials.flatMap(({ findings }) => findings)
}

/** The windows in turn, on either replica, and beside them what the groups plan and the mutant wants. */
function planFor({ windows = [], groups = [], steps: own = [] }: Mutant['under'], seed: number): Step[] {
  const steps = [...makePlan(seed, faultSeconds, groups), ...own]
  for (let turn = 0; windows.length > 0 && turn * 900 < faultSeconds * 1_000 - 4_000; turn += 1) {
    const window = windows[turn % windows.length] ?? 'answer lost'
    const replica = (Math.floor(turn / windows.length) % 2) + 1
    const on = `${window.startsWith('product dies') ? 'product' : 'order'}-${replica}` as 'order-1'
    steps.push({ at: 1_500 + turn * 900, fault: 'window', window, on })
  }
  return steps.sort((a, b) => a.at - b.at)
}

function caughtIn({ name, caughtBy }: Mutant, events: HistoryEvent[]): Caught {
  const isUnchanged = caughtBy.length === 0
  // A trial that ends at its finding leaves much unsettled, which other checks then find.
  const findings = findingsIn(events).filter(({ check }) => isUnchanged || caughtBy.includes(check))
  const checks = [...new Set(findings.map(({ check }) => check))]
  const firstCall = events.find(({ type }) => type === 'call')?.at ?? 0
  const ms = findings[0] && findings[0].at - firstCall
  const isFine = isUnchanged ? findings.length === 0 : ms !== undefined && ms <= promisedMs
  return { name, checks, ms, isFine }
}

function describe({ checks, ms }: Caught): string {
  const found = checks.join(', ') || 'nothing'
  return ms === undefined ? found : `${found} after ${(ms / 1_000).toFixed(0)} s`
}
