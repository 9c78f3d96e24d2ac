/**
 * Runs before every npm script, on whatever Node there is (18 or later) and without any package: installs the
 * packages when package-lock.json changed and, with --pages, builds the pages when they changed.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

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
    [node24, vite, 'build', '--outDir', draft, '--emptyOutDir', '--logLevel', 'warn'],
    pages,
    'The pages could not be built',
  )
  for (const file of filesBelow(draft)) compress(file)
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

/** The front sends these instead of compressing at every request. */
function compress(file) {
  const content = readFileSync(file)
  if (content.length < 1000 || !/\.(html|js|css|svg|json|txt|webmanifest)$/.test(file)) return
  writeFileSync(`${file}.br`, brotliCompressSync(content))
  writeFileSync(`${file}.gz`, gzipSync(content))
}

/** Does the work while no other set-up of this folder does; one that died is not waited for. */
async function alone(work) {
  const lock = join(home, '.data', 'setup.lock')
  mkdirSync(join(home, '.data'), { recursive: true, mode: 0o700 })
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
    const handle = openSync(lock, 'wx')
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (isDead(lock)) rmSync(lock, { force: true })
    return false
  }
}

function isDead(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'))
    const age = Date.now() - statSync(lock).mtimeMs
    if (pid === 0) return age > 5000
    process.kill(pid, 0)
    return age > 15 * 60_000
  } catch (error) {
    return error.code === 'ESRCH'
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
  console.error(`\n${stdout ?? ''}${stderr ?? ''}`.trimEnd())
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
