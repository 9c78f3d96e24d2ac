import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { docker, home } from './docker.ts'
import { cloneProject, roundFolder } from './project.ts'

export type CloneWithLeftovers = {
  project: string
  /** The images that `build` makes. */
  images: string[]
  /** Stands in each of the leftovers, and nowhere else. */
  marker: string
  /** Adds something that no build has seen before. */
  change: (file: string) => void
  /** Builds all images and resolves to what the builder said. */
  build: () => Promise<string>
  remove: () => Promise<void>
}

/** A copy of what is built, in which somebody has worked: with settings, data, logs, packages and built pages. */
export function makeCloneWithLeftovers(): CloneWithLeftovers {
  mkdirSync(roundFolder, { recursive: true })
  const folder = mkdtempSync(join(roundFolder, 'clone-'))
  for (const name of sources) {
    cpSync(join(home, name), join(folder, name), { recursive: true, filter: isNotLeftover })
  }
  const marker = `left-over-${randomUUID()}`
  for (const name of leftovers) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), marker)
  }
  const images = ['product_service', 'order_service', 'frontend', 'operations'].map(
    (name) => `${cloneProject}-${name}`,
  )
  const inFolder = [
    'compose',
    '--project-name',
    cloneProject,
    '--project-directory',
    folder,
    '--env-file',
    '/dev/null',
  ]
  const build = [...inFolder, '--profile', 'tools', '--progress', 'plain', 'build']
  return {
    project: cloneProject,
    images,
    marker,
    change: (file) => appendFileSync(join(folder, file), `\n// ${randomUUID()}\n`),
    build: () => docker(build, { timeoutMs: 300_000 }),
    remove: async () => {
      rmSync(folder, { recursive: true, force: true })
      await docker(['image', 'rm', '--force', ...images])
    },
  }
}

const sources = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  '.dockerignore',
  'docker-compose.yml',
  'backend',
  'frontend',
  'operations',
]

const leftovers = [
  '.env',
  '.git/config',
  '.data/secrets.json',
  'node_modules/left/index.js',
  'backend/product_service/.env',
  'backend/product_service/.env.local',
  'backend/order_service/node_modules/left/index.js',
  'backend/service_kit/notes.log',
  'frontend/.env',
  'frontend/.env.production',
  'frontend/dist/left.html',
  'frontend/node_modules/left/index.js',
  'operations/.env',
]

const isNotLeftover = (path: string) => !['node_modules', 'dist', '.building'].includes(basename(path))

/** A step of a build as the builder told it, by its command. */
export function buildStep(said: string, command: RegExp): { wasCached: boolean } {
  const steps = [...said.matchAll(/^#(\d+) \[[^\]]+\] (.*)$/gm)].filter(([, , line = '']) =>
    command.test(line),
  )
  assert.ok(steps.length > 0, `no step is ${command}:\n${said}`)
  return { wasCached: steps.every(([, number]) => new RegExp(`^#${number} CACHED$`, 'm').test(said)) }
}
