import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A change of the services' source, for a trial alone. */
export type Patch = {
  name: string
  /** What it is for, in a sentence. */
  about: string
  edits: Edit[]
}

/** `file` lies below backend/, `find` occurs in it exactly once. */
export type Edit = { file: string; find: string; replace: string }

export type PatchedBackend = { folder: string; mainOf(kind: 'product' | 'order'): string }

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const workspaces = {
  'order-service': 'order_service',
  'product-service': 'product_service',
  'service-kit': 'service_kit',
}

/**
 * Copies the services without their tests to a folder and makes the patches there, each upon what those before it left.
 * Throws an Error that names patch, file and count where a text does not occur exactly once. Packages are the repository's.
 */
export async function makePatchedBackend(folder: string, patches: Patch[]): Promise<PatchedBackend> {
  const backend = join(folder, 'backend')
  for (const workspace of Object.values(workspaces)) {
    for (const part of ['package.json', 'src', 'migrations']) copyPart(`${workspace}/${part}`, backend)
  }
  linkPackages(join(folder, 'node_modules'), backend)
  for (const patch of patches) {
    for (const edit of patch.edits) applyEdit(backend, patch.name, edit)
  }
  return { folder, mainOf: (kind) => join(backend, `${kind}_service/src/main.ts`) }
}

function copyPart(part: string, backend: string): void {
  if (part === 'service_kit/migrations') return
  cpSync(join(repository, 'backend', part), join(backend, part), {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts'),
  })
}

/** Node runs TypeScript only outside node_modules, and looks at where a link leads. */
function linkPackages(nodeModules: string, backend: string): void {
  const own = join(nodeModules, '@tallyshop')
  mkdirSync(own, { recursive: true })
  for (const [name, workspace] of Object.entries(workspaces))
    symlinkSync(join(backend, workspace), join(own, name))
  const theirs = join(repository, 'node_modules')
  for (const name of readdirSync(theirs)) {
    if (!name.startsWith('.') && name !== '@tallyshop')
      symlinkSync(join(theirs, name), join(nodeModules, name))
  }
}

function applyEdit(backend: string, patch: string, { file, find, replace }: Edit): void {
  const path = join(backend, file)
  const parts = readFileSync(path, 'utf8').split(find)
  const count = parts.length - 1
  if (count !== 1) {
    throw new Error(`The patch "${patch}" finds its text ${count} times in ${file}, not once: ${find}`)
  }
  writeFileSync(path, parts.join(replace))
}
