import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, createHttpServer, listen } from '../src/http-server.ts'
import { Problem } from '../src/problems.ts'
import { overloaded } from '../src/shedding.ts'
import { type Client, createClient } from '../test-support/http.ts'
import { captureLog } from '../test-support/log-lines.ts'

const elsewhere = 'https://elsewhere.example'
const waits = { first: 0, last: 0 }
const { log, lines } = captureLog()
let app: App
let client: Client
before(async () => {
  const mode = 'open' as const
  const publicUrl = 'http://localhost:3000'
  const access = { mode, publicUrl, corsOrigins: [elsewhere], serviceAuthSecret: 's'.repeat(16) }
  const config = { bindAddress: '127.0.0.1', port: 0, access }
  app = await createHttpServer({
    title: 'Test Service',
    config,
    log,
    problems: () => undefined,
    unknownId: new Problem(404, 'no_thing', 'No thing'),
    missing: async () => [],
    waiting: { first: { waitingMs: () => waits.first }, last: { waitingMs: () => waits.last } },
    routes: async (app) => {
      app.get('/look', { config: { access: 'anyone', shedFirst: true } }, async () => ['thing'])
      app.get('/in-line', { config: { access: 'anyone' } }, () => Promise.reject(overloaded))
      app.put('/work', { config: { access: 'anyone' } }, async () => ['done'])
    },
  })
  client = createClient(await listen(app, config))
})
after(() => app.close())
beforeEach(() => {
  Object.assign(waits, { first: 0, last: 0 })
  lines.length = 0
})

test('while others wait too long looking is refused and work is done', async () => {
  waits.first = 1_001
  const { status, body, headers } = await client.get('/look')
  assert.deepEqual([status, body.code, headers['retry-after']], [503, 'overloaded', '1'])
  assert.equal(headers['x-request-id'], body.request_id)
  assert.match(lines.join(''), /overloaded: reading is refused/)
  assert.equal((await client.put('/work')).status, 200)
  for (const probe of ['/livez', '/readyz']) assert.equal((await client.get(probe)).status, 200)
  assert.deepEqual([app.isOverloaded('first'), app.isOverloaded('last')], [true, false])
})

test('a page of another origin can read the refusal', async () => {
  waits.first = 1_001
  const { status, headers } = await client.get('/look', { origin: elsewhere })
  assert.deepEqual([status, headers['access-control-allow-origin']], [503, elsewhere])
  assert.equal(headers['x-content-type-options'], 'nosniff')
})

test('what is refused in line is no error of ours', async () => {
  assert.equal((await client.get('/in-line')).body.code, 'overloaded')
  const told = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === 'overloaded')
  assert.deepEqual([told.level, told.err], [40, undefined])
})

test('a wait that anyone can bear is no overload, and afterwards all is as before', async () => {
  for (const ms of [999, 5_000, 0]) {
    waits.first = ms
    assert.equal((await client.get('/look')).status, ms === 5_000 ? 503 : 200)
  }
})

test('the log says once that it has begun, and each refusal as a request', async () => {
  waits.first = 2_000
  for (let times = 0; times < 5; times += 1) await client.get('/look')
  const events = lines.map((line) => JSON.parse(line))
  assert.equal(events.filter(({ level }) => level >= 50).length, 0)
  assert.ok(events.filter(({ msg }) => msg.startsWith('overloaded')).length <= 1)
  assert.equal(events.filter(({ msg, status }) => msg === 'request' && status === 503).length, 5)
})

/** Keeps this process from everything else. */
async function standStill(ms: number) {
  for (const end = performance.now() + ms; performance.now() < end; );
  await sleep(1)
}

test('a process that is late with everything is overloaded, one that stood still once is not', async () => {
  await sleep(500)
  await standStill(1_500)
  assert.equal(app.isOverloaded('first'), false)
  for (let times = 0; times < 10 && !app.isOverloaded('first'); times += 1) await standStill(1_500)
  assert.equal(app.isOverloaded('first'), true)
  for (let times = 0; times < 100 && app.isOverloaded('first'); times += 1) await sleep(50)
  assert.equal(app.isOverloaded('first'), false)
})
