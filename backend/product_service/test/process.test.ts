import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import {
  createScratchDatabase,
  type ScratchDatabase,
  variablesFor,
} from '@tallyshop/service-kit/test-support/scratch-database'
import { addProduct } from './products.ts'

let database: ScratchDatabase
before(async () => {
  database = await createScratchDatabase()
})
after(() => database.drop())

const main = new URL('../src/main.ts', import.meta.url).pathname
const run = (environment: Record<string, string>) =>
  spawn(process.execPath, [main], { env: { PATH: process.env.PATH, ...environment }, timeout: 20_000 })

const settings = () => ({
  PORT: '0',
  ...variablesFor(database.config),
  SERVICE_AUTH_SECRET: 'sixteen letters or more',
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`the process says where it listens, serves, and on ${signal} ends with 0`, async () => {
    const child = run(settings())
    const lines: Record<string, unknown>[] = []
    const reader = createInterface({ input: child.stdout })
    const started = new Promise<string>((resolve) => {
      reader.on('line', (line) => {
        lines.push(JSON.parse(line))
        if (lines.at(-1)?.msg === 'started') resolve(String(lines.at(-1)?.url))
      })
    })
    const shop = createClient(await started)
    await addProduct(shop)
    const exit = once(child, 'exit')
    child.kill(signal)
    child.kill(signal)
    assert.deepEqual(await exit, [0, null])
    const messages = lines.map(({ msg }) => msg)
    assert.deepEqual(messages.slice(-4), ['started', 'request', 'stopping', 'stopped'])
    assert.ok(lines.every(({ service, time }) => service === 'product-service' && time))
  })
}

test('a start without its settings names every fault, tells no secret, and ends with 1', async () => {
  const secret = 'tooshort'
  const child = run({
    SERVICE_AUTH_SECRET: secret,
    PORT: 'eighty',
    PUBLIC_URL: 'http://shop.example',
    AZURE_STORAGE_ACCOUNT_KEY: 'a2V5',
  })
  const said = text(child.stderr)
  assert.deepEqual(await once(child, 'exit'), [1, null])
  const faults = (await said).trim().split('\n')
  for (const name of ['SERVICE_AUTH_SECRET', 'PORT', 'PUBLIC_URL', 'AZURE_STORAGE_ACCOUNT_NAME']) {
    assert.ok(
      faults.some((fault) => fault.includes(name)),
      name,
    )
  }
  assert.ok(!(await said).includes(secret) && !(await said).includes('    at '))
})

test('a start on a database it may not use ends with 1 and one line', async () => {
  const child = run({ ...settings(), POSTGRES_DB: `missing_${database.config.database}` })
  const said = text(child.stdout)
  assert.deepEqual(await once(child, 'exit'), [1, null])
  const lines = (await said)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [[60, 'service failed']],
  )
  assert.match(lines[0].err.message, /does not exist/)
})
