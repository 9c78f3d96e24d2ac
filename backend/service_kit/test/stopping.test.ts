import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type App, createHttpServer, type HttpOptions, listen } from '../src/http-server.ts'
import { Problem } from '../src/problems.ts'
import { stopServer } from '../src/stopping.ts'
import { createClient } from '../test-support/http.ts'
import { captureLog } from '../test-support/log-lines.ts'

const access = {
  mode: 'open',
  publicUrl: 'http://localhost:3000',
  serviceAuthSecret: 's'.repeat(16),
} as const
const options: HttpOptions = {
  title: 'Test Service',
  config: { bindAddress: '127.0.0.1', port: 0, access: { ...access, corsOrigins: [] } },
  log: captureLog().log,
  problems: () => undefined,
  unknownId: new Problem(404, 'no_thing', 'No thing'),
  missing: async () => [],
  routes: async (app: App) => {
    const config = { access: 'anyone' } as const
    app.get('/things', { config }, async () => ['thing'])
    app.get('/huge', { config }, async () => 'x'.repeat(50_000_000))
    app.get('/huge-later', { config }, async () => sleep(2_000, 'x'.repeat(50_000_000)))
    app.get('/slow', { config }, async () => sleep(400, ['thing']))
    app.get('/verdict', { config }, async () => sleep(5_000, ['thing']))
  },
}

async function startServer() {
  const app = await createHttpServer(options)
  return { app, client: createClient(await listen(app, options.config)) }
}

test('a server that is told to stop is not ready at once, and takes requests for a while', async () => {
  const { app, client } = await startServer()
  assert.equal((await client.get('/readyz')).status, 200)
  let stopped = false
  const stop = stopServer(app, { drainMs: 600 }).then(() => {
    stopped = true
  })
  const { status, body } = await client.get('/readyz')
  assert.deepEqual([status, body.missing], [503, ['stopping']])
  assert.equal((await client.get('/livez')).status, 200)
  const answer = await client.get('/things')
  assert.deepEqual([answer.status, answer.headers.connection, stopped], [200, 'close', false])
  await stop
  await assert.rejects(client.get('/things'), /ECONNREFUSED/)
})

test('what is under way when a server closes is answered, and what is arriving is not refused', async () => {
  const { app, client } = await startServer()
  const { port } = new URL(client.url)
  const [busy, arriving] = [connect(Number(port), '127.0.0.1'), connect(Number(port), '127.0.0.1')]
  busy.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n')
  arriving.write('GET /things HTTP/1.1\r\nHost: local')
  await sleep(100)
  const closed = app.close()
  await sleep(50)
  arriving.write('host\r\n\r\n')
  for (const socket of [busy, arriving]) {
    const said = await text(socket)
    assert.match(said, /^HTTP\/1.1 200 OK\r\n(.+\r\n)*connection: close\r\n/i)
    assert.match(said, /\["thing"\]$/)
  }
  await closed
})

test('an answer that takes as long as a verdict is waited for is not cut', async () => {
  const { app, client } = await startServer()
  const answer = client.get('/verdict')
  await sleep(200)
  const closed = app.close()
  assert.equal((await answer).status, 200)
  await closed
})

/** Sends a request for what no buffer takes as a whole, and reads nothing of the answer. */
function askFor(path: string, { url }: { url: string }) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  return socket
}

test('an answer that is on its way when a server closes arrives as a whole', async () => {
  const { app, client } = await startServer()
  const slow = askFor('/huge', client)
  await sleep(300)
  const closed = app.close()
  await sleep(100)
  let bytes = 0
  for await (const piece of slow) bytes += piece.length
  assert.ok(bytes > 50_000_000, String(bytes))
  await closed
})

test('a stop does not wait for somebody who does not read the answer', async () => {
  const { app, client } = await startServer()
  const deaf = [askFor('/huge', client), askFor('/huge-later', client)]
  await sleep(100)
  const startedAt = performance.now()
  await app.close()
  assert.ok(performance.now() - startedAt < 7_500)
  for (const socket of deaf) socket.destroy()
})
