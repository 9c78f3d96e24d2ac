/**
 * npm test: gives the test files a browser, a scratch PostgreSQL and a scratch Azurite, runs them and counts.
 * Arguments choose files by a part of their path: npm test -- order_service launcher
 */
import { globSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'
import { startScratchServers } from '../embedded/src/scratch-servers.ts'
import { findChromium } from './chromium.ts'
import { Score } from './score.ts'

const home = fileURLToPath(new URL('..', import.meta.url))
const places = ['backend/*/{src,test}', 'frontend/src', 'operations', 'embedded/{src,test}', 'e2e', 'trials']
const deadline = new URL('./test-deadline.ts', import.meta.url).href
const testTimeoutMs = 120_000
const wholeTimeoutMs = 15 * 60_000

const files = findTestFiles(process.argv.slice(2))
const score = new Score()
const end = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.abort())
setTimeout(() => end.abort(), wholeTimeoutMs).unref()

if (files.length > 0) await runWithNeighbours()
else console.error('No test file was found.')
if (end.signal.aborted) console.error('\nThe tests were ended before they were through.')
console.log(`\n${score.passed} passed, ${score.failed} failed`)
process.exit(end.signal.aborted || score.failed > 0 || score.passed === 0 ? 1 : 0)

function findTestFiles(parts: string[]): string[] {
  const patterns = places.map((place) => `${place}/**/*.test.ts`)
  return globSync(patterns, { cwd: home, exclude: ['**/node_modules'] })
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
    await Promise.all([runInTurn(light, environment), runInTurn(heavy, environment)])
  } finally {
    await servers.stop()
  }
}

async function runInTurn(some: string[], environment: Record<string, string>): Promise<void> {
  if (some.length === 0 || end.signal.aborted) return
  const events = run({
    files: some.map((file) => join(home, file)),
    env: { ...withoutSettings(process.env), ...environment },
    concurrency: 1,
    execArgv: ['--import', deadline],
    timeout: testTimeoutMs,
    signal: end.signal,
  })
  events.on('test:pass', (event) => score.pass(event))
  events.on('test:fail', (event) => score.fail(event))
  for await (const text of events.compose(new spec())) process.stdout.write(text)
}

/** The tests bring their own settings: a developer's, in the environment or in .env, are not for them. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSetting =
    /^(DATA_DIR|PUBLIC_URL|BIND_ADDRESS|ACCESS|CORS_ORIGINS|LOG_LEVEL|PORT|[A-Z]+_PORT|[A-Z]+_SERVICE_(PORT|URL)|[A-Z_]+_SECRET|(AZURE|POSTGRES)_.+)$/
  const others = Object.entries(environment).filter(([name]) => !isSetting.test(name))
  return { ...Object.fromEntries(others), ENV_FILE: devNull }
}
