/**
 * npm run test:containers: brings up the real docker-compose.yml in this machine's container engine, as a project of its
 * own, walks through all that the shop promises there, takes it down again and counts.
 * Arguments choose files by a part of their path; the shop is always built first: npm run test:containers -- faults
 */
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { takeEngine } from '../e2e/containers/support/engine.ts'
import { tellOfContainers } from '../e2e/containers/support/project.ts'
import { CannotStart } from '../embedded/src/cannot-start.ts'
import { findChromium } from './chromium.ts'
import { home, TestRun } from './test-run.ts'

const folder = 'e2e/containers'
/** Each stage finds the shop as those before it left it: these make it and use it first, … */
const first = [['up'], ['journey']]
/** … these, of which two run at a time, leave each other alone, … */
const together = ['exec', 'front-alone', 'images']
/** … and these make it another one, and take it down. */
const last = [['settings'], ['moving'], ['down']]
const limits = { testMs: 90_000, fileMs: 420_000, filesAtOnce: 2 }
const tests = new TestRun(12 * 60_000)

const stages = chooseStages(process.argv.slice(2))
const browser = findChromium(true) ?? ''
const giveBack = await takeEngine().catch((error) => {
  if (!(error instanceof CannotStart)) throw error
  console.error(error.message)
  process.exit(1)
})
try {
  await runRound({ CHROMIUM_PATH: browser, SHOP_URL: 'http://localhost:3000' })
} finally {
  await giveBack()
}
tests.conclude()

function chooseStages(parts: string[]): string[][] {
  const there = globSync('*.test.ts', { cwd: join(home, folder) }).map((file) => basename(file, '.test.ts'))
  const placed = [...first, together, ...last].flat()
  const others = there.sort().filter((name) => !placed.includes(name))
  const isChosen = (name: string) =>
    name === 'up' || parts.length === 0 || parts.some((part) => name.includes(part))
  return [...first, together, ...others.map((name) => [name]), ...last]
    .map((stage) => stage.filter(isChosen))
    .filter((stage) => stage.length > 0)
}

/** Stage by stage, so that a failure is followed by what the containers said; without a shop there is nothing to try. */
async function runRound(environment: Record<string, string>): Promise<void> {
  for (const stage of stages) {
    const { failed } = tests.score
    const files = stage.map((name) => join(folder, `${name}.test.ts`))
    await tests.inTurn(files, environment, limits)
    if (tests.score.failed === failed && !tests.wasEnded) continue
    console.error(await tellOfContainers())
    if (stage === stages[0] || tests.wasEnded) return
  }
}
