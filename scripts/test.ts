/**
 * npm test: gives the test files a browser, a scratch PostgreSQL and a scratch Azurite, runs them and counts.
 * Arguments choose files by a part of their path: npm test -- order_service launcher
 */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { startScratchServers } from '../embedded/src/scratch-servers.ts'
import { findChromium } from './chromium.ts'
import { home, TestRun } from './test-run.ts'

const places = ['backend/*/{src,test}', 'frontend/src', 'operations', 'embedded/{src,test}', 'e2e', 'trials']
// They need a container engine: npm run test:containers.
const elsewhere = ['**/node_modules', 'e2e/containers']
const limits = { testMs: 120_000, fileMs: 180_000 }
const tests = new TestRun(15 * 60_000)

const files = findTestFiles(process.argv.slice(2))
if (files.length > 0) await runWithNeighbours()
else console.error('No test file was found.')
tests.conclude()

function findTestFiles(parts: string[]): string[] {
  const patterns = places.map((place) => `${place}/**/*.test.ts`)
  return globSync(patterns, { cwd: home, exclude: elsewhere })
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
    .sort()
}

async function runWithNeighbours(): Promise<void> {
  const browser = findChromium(files.some((file) => file.startsWith('e2e/')))
  const servers = await startScratchServers()
  try {
    const environment = {
      NODE_COMPILE_CACHE: join(home, 'node_modules/.cache/compiled'),
      ...servers.variables,
      ...(browser && { CHROMIUM_PATH: browser }),
    }
    // One at a time of those that start whole shops and browsers: two would time each other out.
    const heavy = files.filter((file) => /^(embedded|e2e)\//.test(file))
    const light = files.filter((file) => !heavy.includes(file))
    await Promise.all([tests.inTurn(light, environment, limits), tests.inTurn(heavy, environment, limits)])
  } finally {
    await servers.stop()
  }
}
