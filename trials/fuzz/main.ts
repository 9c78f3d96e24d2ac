/**
 * npm run fuzz: sends requests that are right, nearly right and hostile to both services, as their descriptions have
 * them, and judges every answer. Exits 1 where anything is wrong, 2 where the command line is.
 */
import { startScratchServers } from '@tallyshop/embedded/scratch-servers'
import { readOrExit } from '../command-line.ts'
import { type Arguments, readArguments, usage } from './arguments.ts'
import { readOperations } from './contracts.ts'
import { makePlan } from './plan.ts'
import { describeFinding, describeMemory, describeOutcome, describeProgress } from './report.ts'
import { fuzz, shrink } from './run.ts'
import { startServices } from './services.ts'

const wanted = readOrExit(readArguments, usage)
const end = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.abort())
const stops: (() => Promise<void>)[] = []
try {
  process.exitCode = (await run(wanted)) ? 0 : 1
} finally {
  for (const stop of stops.reverse()) await stop()
}

async function run({ seed, minutes, requests, keepGoing }: Arguments): Promise<boolean> {
  console.log(`Seed ${seed}`)
  const services = await startAll()
  const outcome = await fuzz(services, {
    seed,
    requests,
    milliseconds: minutes * 60_000,
    keepGoing,
    signal: end.signal,
    progress: (tally, elapsedMs) =>
      console.log(`${describeProgress(tally, elapsedMs)}  ${describeMemory(services)}`),
  })
  console.log(`\n${describeOutcome(outcome)}`)
  console.log(describeMemory(services))
  const plan = await makePlan(seed, readOperations())
  for (const finding of outcome.findings.slice(0, 3)) {
    const least = await shrink(services, plan, finding)
    console.log(
      least
        ? `\nThe least such request:${describeFinding(least)}`
        : '\nIt takes the requests before it, too.',
    )
  }
  const isFine = outcome.findings.length === 0 && outcome.faultsAtTheEnd.length === 0
  console.log(
    isFine ? `\nNothing was found. Seed ${seed}` : `\nRepeat it with: npm run fuzz -- --seed ${seed}`,
  )
  return isFine
}

/** A PostgreSQL, a blob store and both services, which `stops` ends in reverse. */
async function startAll() {
  const servers = await startScratchServers()
  stops.push(servers.stop)
  // Where scratch databases are made.
  Object.assign(process.env, servers.variables)
  const services = await startServices({ ...servers.variables, PATH: process.env.PATH })
  stops.push(services.stop)
  return services
}
