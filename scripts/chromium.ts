import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
]
const macPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The path of a Chromium: CHROMIUM_PATH, one that is there or, when needed and root, Debian's, installed now. */
export function findChromium(isNeeded: boolean): string | undefined {
  const found = findInstalled()
  if (found || !isNeeded) return found
  if (process.getuid?.() === 0 && find(['apt-get'])) installDebians()
  const path = findInstalled()
  if (path) return path
  console.error(
    'The browser tests need Chromium or Chrome: install one (on Debian and Ubuntu: sudo apt-get install chromium), or set CHROMIUM_PATH.',
  )
  return process.exit(1)
}

function findInstalled(): string | undefined {
  const given = process.env.CHROMIUM_PATH
  if (given && existsSync(given)) return given
  if (given) console.error(`CHROMIUM_PATH names ${given}, where nothing is; looking elsewhere.`)
  return find(names) ?? macPlaces.find((path) => existsSync(path))
}

function find(programs: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return programs
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path))
}

function installDebians(): void {
  console.log("Installing Debian's Chromium for the browser tests …")
  const options = {
    encoding: 'utf8',
    timeout: 300_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  } as const
  spawnSync('apt-get', ['update', '-qq'], options)
  const { status, stderr } = spawnSync(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
    options,
  )
  if (status !== 0) console.error(stderr)
}
