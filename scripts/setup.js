/**
 * Runs before every npm script, on whatever Node there is (18 or later) and without any package: installs the
 * packages when package-lock.json changed and, with --pages, builds the pages when they changed.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))
const packagesStamp = join(home, 'node_modules', '.installed-from')
const pages = join(home, 'frontend')
const pagesStamp = join(pages, 'dist', '.built-from')
const node24 = join(home, 'node_modules', '.bin', 'node')

try {
  if (process.platform === 'win32') fail('The shop runs on Linux and macOS; on Windows, use it inside WSL.')
  const wantsPages = process.argv.includes('--pages')
  if (!packagesAreCurrent() || (wantsPages && !pagesAreCurrent())) {
    await alone(() => {
      if (!packagesAreCurrent()) installPackages()
      if (wantsPages && !pagesAreCurrent()) buildPages()
    })
  }
} catch (error) {
  if (!error.isSentence) throw error
  console.error(`\n${error.message}\n`)
  process.exitCode = 1
}

function packagesAreCurrent() {
  return readIfThere(packagesStamp) === packagesHash()
}

function installPackages() {
  const done = announce('Installing packages')
  const npm = process.env.npm_execpath
    ? [process.env.npm_node_execpath ?? process.execPath, process.env.npm_execpath]
    : ['npm']
  run(
    [...npm, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'],
    home,
    'The packages could not be installed',
  )
  const version = spawnSync(node24, ['--version'], { encoding: 'utf8' }).stdout ?? ''
  if (!version.startsWith('v24.')) {
    fail(
      `The packages contain no Node 24 for this platform (${process.platform}-${process.arch}): the shop runs on Linux (glibc) and macOS, x64 and arm64.`,
    )
  }
  // Completes what npm cannot carry, while we are the owner of the packages.
  const complete = "import('./embedded/src/postgres/binaries.ts').then((them) => them.getPostgresBinaries())"
  run([node24, '--eval', complete], home, 'PostgreSQL could not be made ready')
  writeFileSync(packagesStamp, packagesHash())
  done()
}

/** The lock file, and the platform because node_modules can come with a copied folder. */
function packagesHash() {
  const lock = readFileSync(join(home, 'package-lock.json'))
  return createHash('sha256').update(lock).update(`${process.platform}-${process.arch}`).digest('hex')
}

function pagesAreCurrent() {
  return readIfThere(pagesStamp) === pagesHash()
}

/** Built beside and renamed when complete, so that nobody is ever served half of it. */
function buildPages() {
  const done = announce('Building the pages')
  const building = join(pages, '.building')
  const draft = join(building, 'dist')
  const hash = pagesHash()
  rmSync(building, { recursive: true, force: true })
  const vite = join(home, 'node_modules', 'vite', 'bin', 'vite.js')
  run(
    [node24, vite, 'build', '--outDir', '.building/dist', '--emptyOutDir', '--logLevel', 'warn'],
    pages,
    'The pages could not be built',
  )
  writeFileSync(join(draft, '.built-from'), hash)
  if (existsSync(join(pages, 'dist'))) renameSync(join(pages, 'dist'), join(building, 'old'))
  renameSync(draft, join(pages, 'dist'))
  rmSync(building, { recursive: true, force: true })
  done()
}

function pagesHash() {
  const hash = createHash('sha256')
    .update(packagesHash())
    .update(readFileSync(fileURLToPath(import.meta.url)))
  for (const file of filesBelow(pages))
    hash.update(`\0${file.slice(pages.length)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

function filesBelow(folder) {
  const skipped = ['dist', 'node_modules', '.building']
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => folder !== pages || !skipped.includes(name))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .sort()
}

/** Does the work while no other set-up of this folder does; one that died is not waited for. */
async function alone(work) {
  const lock = join(home, '.data', 'setup.lock')
  try {
    mkdirSync(join(home, '.data'), { recursive: true, mode: 0o700 })
    for (const folder of [home, pages, dirname(lock)]) accessSync(folder, constants.W_OK)
  } catch (error) {
    fail(
      `There is something to set up, but ${error.path} cannot be written (${error.code}): run this as its owner.`,
    )
  }
  const deadline = Date.now() + 10 * 60_000
  for (let waited = false; !take(lock); waited = true) {
    if (!waited) console.log('Another set-up of this folder is at work; waiting for it …')
    if (Date.now() > deadline)
      fail(`Another set-up has been at work for ten minutes: end it, or delete ${lock}.`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  try {
    work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return removeIfDead(lock) && take(lock)
  }
}

function removeIfDead(lock) {
  const holder = readIfThere(lock)
  // Made this very moment, before its holder wrote into it.
  if (holder === '') return false
  if (holder === undefined) return true
  if (isAlive(Number(holder))) return false
  const aside = `${lock}.${process.pid}`
  try {
    renameSync(lock, aside)
  } catch (error) {
    return error.code === 'ENOENT'
  }
  // Another set-up may have removed the dead one and taken the lock by now: then it gets it back.
  if (readIfThere(aside) === holder) rmSync(aside)
  else renameSync(aside, lock)
  return true
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function run(command, cwd, failure) {
  // The shop's own Node must not run the npm that replaces it.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  const env = { ...process.env, PATH: path.join(delimiter) }
  const { status, error, stdout, stderr } = spawnSync(command[0], command.slice(1), {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  if (status === 0) return
  const lines = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n')
  console.error(`\n${lines.slice(0, 20).join('\n')}`)
  fail(`${failure} (${error ? error.message : `exit code ${status}`}); the reason is above.`)
}

function announce(what) {
  const began = Date.now()
  process.stdout.write(`${what} … `)
  return () => console.log(`${((Date.now() - began) / 1000).toFixed(1)} s`)
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function fail(sentence) {
  throw Object.assign(new Error(sentence), { isSentence: true })
}
