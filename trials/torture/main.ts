/**
 * npm run torture: a whole shop of two replicas and two PostgreSQL servers under load, broken in every way that we know, and
 * then its books. Exits 1 where anything is found, 2 where the command line is wrong. What it did stays in .torture/.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOrExit } from '../command-line.ts'
import { type Arguments, readArguments, usage } from './arguments.ts'
import { findingsIn, type HistoryEvent } from './history.ts'
import { shortfalls } from './least.ts'
import { tryMutants } from './mutants.ts'
import { makePlan, type Step } from './plan.ts'
import { htmlOf } from './report/html.ts'
import { startProgress } from './report/progress.ts'
import { tableOf } from './report/table.ts'
import { roundsFor, tryRestores } from './restores.ts'
import { historyFileIn, run } from './run.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))
const wanted = readOrExit(readArguments, usage)
const end = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Asked twice, it does not wait for the books; what it started ends with it.
    if (end.signal.aborted) process.exit(130)
    end.abort()
  })
}

process.exitCode = (await (wanted.mutants ? tryMutants(wanted.mutants, wanted, end.signal) : torture(wanted)))
  ? 0
  : 1

/** True where nothing was found. */
async function torture({ seconds, seed, clients, faults, replay, atLeast }: Arguments): Promise<boolean> {
  const recorded = replay === undefined ? undefined : readRun(replay)
  const options = { seconds, seed, clients, faults, ...recorded?.options }
  const plan = recorded?.plan ?? makePlan(options.seed, options.seconds, options.faults)
  const folder = join(
    home,
    '.torture',
    `${new Date().toISOString().replace(/[:.]/g, '-')}-seed-${options.seed}`,
  )
  mkdirSync(folder, { recursive: true })
  console.log(
    `Seed ${options.seed}, ${options.seconds} s, ${plan.length} faults; all of it in ${relative(home, folder)}/`,
  )
  const progress = startProgress()
  const outcome = await run({
    ...options,
    plan,
    folder: join(folder, 'shop'),
    historyFile: historyFileIn(folder),
    signal: end.signal,
    progress: progress.show,
  })
  const restores =
    options.faults.includes('restore') && !end.signal.aborted
      ? await tryRestores(
          join(folder, 'restores'),
          { seed: options.seed, rounds: roundsFor(options.seconds) },
          end.signal,
        )
      : []
  const at = outcome.events.at(-1)?.at ?? 0
  // Theirs is another history: on this one they come at the end.
  const later = restores.flatMap(({ findings }) => findings.map((finding) => ({ ...finding, at })))
  const events = [...outcome.events, ...later]
  for (const detail of shortfalls(outcome.events, atLeast)) {
    events.push({ at, type: 'finding', check: 'too little', detail })
  }
  const table = tableOf(events, {
    ...outcome,
    seed: options.seed,
    restores: restores.map(({ sentence }) => sentence),
  })
  writeFileSync(join(folder, 'report.md'), `${table}\n`)
  writeFileSync(
    join(folder, 'report.html'),
    htmlOf(events, table, { title: `Torture: seed ${options.seed}, ${options.seconds} s` }),
  )
  return conclude(events, table, folder)
}

function conclude(events: HistoryEvent[], table: string, folder: string): boolean {
  const place = relative(home, folder)
  console.log(`\n${table}\n`)
  const findings = findingsIn(events)
  for (const { check, detail, at } of findings.slice(0, 30)) {
    console.log(`${check} at ${(at / 1_000).toFixed(1)} s: ${detail}`)
  }
  if (findings.length > 30) console.log(`… and ${findings.length - 30} more, in report.html`)
  console.log(`Report: ${join(place, 'report.html')}`)
  if (end.signal.aborted) console.log('Broken off: this proves nothing.')
  else if (findings.length === 0) console.log('Nothing was found.')
  else console.log(`Again: npm run torture -- --replay ${historyFileIn(place)}`)
  return findings.length === 0 && !end.signal.aborted
}

/** What a history says of its own run. */
function readRun(file: string): { options: Partial<Arguments>; plan: Step[] } {
  const [first = ''] = readFileSync(file, 'utf8').split('\n', 1)
  const { options, plan } = JSON.parse(first)
  const { seconds, seed, clients, faults } = options
  return { options: { seconds, seed, clients, faults }, plan }
}
