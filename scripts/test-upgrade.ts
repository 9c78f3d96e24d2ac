/**
 * npm run test:upgrade: the tests of each service as it was before its newest migration, on the schema of today. While
 * they pass, the version before may go on serving during an upgrade, and can be gone back to.
 */
import { existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startScratchServers } from '../embedded/src/scratch-servers.ts'
import { home, TestRun } from './test-run.ts'
import { findVersionBefore, layOut, type VersionBefore } from './version-before.ts'

const services = ['product_service', 'order_service']

/** Tests of those versions that cannot hold, by title, and why. One that does hold has to leave this list. */
const excused: Record<string, string> = {
  'describes every route of the shop, its refusals too': 'fails on the schema of its own version, too',
  'a file of 10 MB is taken, and of a byte more is 413': 'fails on the schema of its own version, too',
}

const limits = { testMs: 120_000, fileMs: 180_000, filesAtOnce: 2 }
const tests = new TestRun(6 * 60_000)
tests.score.excuse(Object.keys(excused))

if (!existsSync(join(home, '.git'))) skip('These sources came without their history')
const found = services.map((service) => ({ service, before: findBefore(service) }))
if (found.every(({ before }) => !before)) skip('No service had a version before')
await testEach()
judgeExcuses()
tests.conclude()

/** The version before, or says that there is none. */
function findBefore(service: string): VersionBefore | undefined {
  try {
    const before = findVersionBefore(home, service)
    if (!before) console.log(`${service} began with its newest migration.`)
    return before
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

function skip(reason: string): never {
  console.log(`${reason}: there is nothing to test.`)
  process.exit(0)
}

function judgeExcuses(): void {
  const { score } = tests
  for (const title of score.unused)
    console.error(`Holds, so it has to leave the list of the excused: ${title}`)
  const used = Object.entries(excused).filter(([title]) => !score.unused.includes(title))
  for (const [title, reason] of used) console.log(`Excused: ${title} (${reason})`)
  score.failed += score.unused.length
}

async function testEach(): Promise<void> {
  const servers = await startScratchServers()
  try {
    for (const { service, before } of found) if (before) await test(service, before, servers.variables)
  } finally {
    await servers.stop()
  }
}

async function test(service: string, before: VersionBefore, environment: Record<string, string>) {
  console.log(`\n${service} of ${before.commit.slice(0, 7)}, on the schema of ${before.newestMigration}:\n`)
  const folder = mkdtempSync(join(tmpdir(), 'tallyshop-before-'))
  try {
    layOut(home, service, before, folder)
    const files = globSync(`backend/${service}/test/**/*.test.ts`, { cwd: folder }).sort()
    await tests.inTurn(
      files.map((file) => join(folder, file)),
      environment,
      limits,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
