import assert from 'node:assert/strict'
import { Agent, request as httpRequest } from 'node:http'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { createRandom } from '../random.ts'
import { type Link, type LinkFault, startLink } from './link.ts'
import { type Neighbour, startNeighbour, until, witness } from './neighbour.ts'

let neighbour: Neighbour
let link: Link
beforeEach(async () => {
  neighbour = await startNeighbour()
  link = await startLink({ name: 'a→b', port: neighbour.port, http: true, random: createRandom(7) })
})
afterEach(async () => {
  await link.close()
  await neighbour.close()
})

const client = () => createClient(`http://127.0.0.1:${link.port}`)
const outcome = (sending: Promise<{ status: number }>) =>
  sending.then(
    ({ status }) => status,
    (error) => error.code,
  )

test('what nobody watches passes as it is, large bodies and small', async () => {
  const body = 'x'.repeat(5_000_000)
  assert.equal((await client().put('/large', body)).text, 'PUT /large is done')
  assert.deepEqual(neighbour.arrived, [`PUT /large ${body}`])
  assert.deepEqual(link.counts(), { connections: 1, open: 1 })
})

test('only what matches meets the fault, and only once', async () => {
  const met = link.once({ kind: 'lose_request' }, { match: { request: /^PUT .*three/s }, withinMs: 5_000 })
  assert.equal(await outcome(client().put('/1', 'one')), 200)
  assert.equal(await outcome(client().post('/2', 'three')), 200)
  assert.equal(await outcome(client().put('/3', 'three')), 'ECONNRESET')
  assert.equal(await met, true)
  assert.equal(await outcome(client().put('/4', 'three')), 200)
  assert.equal(link.counts().lose_request, 1)
})

test('an exchange is found by counting from one before it on its connection', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (path: string, own = agent) =>
    new Promise<string>((resolve) => {
      const sent = httpRequest({ port: link.port, path, agent: own }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve(`${answer.statusCode}`))
      })
      sent.on('error', () => resolve('lost')).end()
    })
  const match = { request: /^GET \/begin/, skip: 2 }
  const met = link.once({ kind: 'lose_request' }, { match, withinMs: 5_000 })
  assert.equal(await send('/begin'), '200')
  assert.equal(await send('/one'), '200')
  for (const path of ['/elsewhere', '/elsewhere', '/elsewhere'])
    assert.equal(await send(path, new Agent()), '200')
  assert.equal(await send('/two'), 'lost')
  assert.equal(await met, true)
  agent.destroy()
})

test('a fault that nobody meets is over in time, on a signal and at the close', async () => {
  const end = new AbortController()
  const soon = link.once({ kind: 'lose_request' }, { withinMs: 20 })
  const told = link.once({ kind: 'lose_request' }, { withinMs: 60_000, signal: end.signal })
  const closed = link.once({ kind: 'lose_request' }, { match: { request: /never/ }, withinMs: 60_000 })
  assert.equal(await soon, false)
  end.abort()
  assert.equal(await told, false)
  assert.equal(await outcome(client().get('/')), 200)
  await link.close()
  assert.equal(await closed, false)
})

test('several wait for their own, and each is met', async () => {
  const met = ['/a', '/b', '/c'].map((path) =>
    link.once({ kind: 'lose_request' }, { match: { request: new RegExp(`^GET ${path} `) }, withinMs: 5_000 }),
  )
  for (const path of ['/c', '/a', '/b']) assert.equal(await outcome(client().get(path)), 'ECONNRESET', path)
  assert.deepEqual(await Promise.all(met), [true, true, true])
})

test('a fault that was begun and not met waits for the next', async () => {
  const met = link.once({ kind: 'delay', ms: 50 }, { withinMs: 5_000 })
  const left = witness(link.port)
  left.socket.write('PUT /1 HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n')
  await sleep(20)
  left.socket.destroy()
  await sleep(60)
  assert.deepEqual(neighbour.arrived, [])
  assert.equal(await outcome(client().put('/2')), 200)
  assert.equal(await met, true)
  assert.deepEqual(neighbour.arrived, ['PUT /2 '])
})

test('weather strikes at its rate, where it matches, until it ends', async () => {
  const faults: LinkFault[] = [{ kind: 'answer', status: 503 }]
  link.weather({ rate: 0.25, faults, match: { request: /^GET / } })
  const gets = await Promise.all(Array.from({ length: 400 }, () => outcome(client().get('/'))))
  const struck = gets.filter((status) => status === 503).length
  assert.ok(struck > 60 && struck < 140, `${struck} of 400`)
  assert.equal(link.counts().answer, struck)
  const puts = await Promise.all(Array.from({ length: 40 }, () => outcome(client().put('/'))))
  assert.deepEqual(new Set(puts), new Set([200]))
  link.weather(undefined)
  const after = await Promise.all(Array.from({ length: 40 }, () => outcome(client().get('/'))))
  assert.deepEqual(new Set(after), new Set([200]))
})

test('a request is whole however it comes, chunked and by the byte', async () => {
  const request =
    'POST /x HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n'
  const met = link.once({ kind: 'delay', ms: 1 }, { match: { request: /abcdef\r\n0/ }, withinMs: 5_000 })
  const { socket, said } = witness(link.port)
  socket.setNoDelay(true)
  for (const byte of request) {
    socket.write(byte)
    await sleep(0)
  }
  assert.equal(await met, true)
  await until(() => said().endsWith('POST /x is done\r\n0\r\n\r\n') || said().endsWith('POST /x is done'))
  assert.deepEqual(neighbour.arrived, ['POST /x hello0123456789abcdef'])
  socket.destroy()
})

test('an upload of 10 MB can meet a fault as well', async () => {
  const body = 'y'.repeat(10_000_000)
  const met = link.once({ kind: 'delay', ms: 1 }, { match: { request: /^PUT \/picture/ }, withinMs: 5_000 })
  assert.equal(await outcome(client().put('/picture', body)), 200)
  assert.equal(await met, true)
  assert.equal(neighbour.arrived[0]?.length, body.length + 'PUT /picture '.length)
})

test('a link that is down resets what is open and what comes, until it is up', async () => {
  const waiting = witness(link.port)
  await until(() => neighbour.open() === 1)
  link.down()
  assert.equal(await waiting.end, 'reset')
  assert.equal(await outcome(client().get('/')), 'ECONNRESET')
  await until(() => neighbour.open() === 0)
  link.up()
  assert.equal(await outcome(client().get('/')), 200)
})

test('a far side may come back on another port, and one that is away is seen as a reset', async () => {
  const other = await startNeighbour()
  await neighbour.close()
  assert.equal(await outcome(client().get('/')), 'ECONNRESET')
  link.connectTo(other.port)
  assert.equal(await outcome(client().get('/there')), 200)
  assert.deepEqual(other.arrived, ['GET /there '])
  await other.close()
  neighbour = await startNeighbour()
})

test('a hundred connections in all weathers come to an end, and nothing stays open', {
  timeout: 60_000,
}, async () => {
  const faults: LinkFault[] = [
    { kind: 'delay', ms: 20 },
    { kind: 'delay_answer', ms: 20 },
    { kind: 'slice', bytes: 20, pauseMs: 1 },
    { kind: 'limit', bytesPerSecond: 5_000 },
    { kind: 'lose_request' },
    { kind: 'lose_answer' },
    { kind: 'cut_answer' },
    { kind: 'black_hole', ms: 50 },
    { kind: 'half_close', side: 'near' },
    { kind: 'half_close', side: 'far' },
    { kind: 'late', ms: 20 },
    { kind: 'repeat', when: 'before' },
    { kind: 'repeat', when: 'with' },
    { kind: 'repeat', when: 'after' },
    { kind: 'answer', status: 503 },
  ]
  link.weather({ rate: 0.5, faults })
  const agent = new Agent({ keepAlive: true })
  const send = () =>
    new Promise<string>((resolve) => {
      const sent = httpRequest({ port: link.port, method: 'PUT', path: '/', agent }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve('answered')).on('error', () => resolve('cut'))
      })
      sent.on('error', () => resolve('lost')).end('z'.repeat(200))
    })
  const rounds = Array.from({ length: 100 }, async () => {
    const seen: string[] = []
    for (let round = 0; round < 20; round += 1) seen.push(await send())
    return seen
  })
  const seen = (await Promise.all(rounds)).flat()
  assert.equal(seen.length, 2_000)
  for (const outcome of ['answered', 'lost']) assert.ok(seen.includes(outcome), outcome)
  const { connections, open, ...met } = link.counts()
  assert.deepEqual(Object.keys(met).sort(), [...new Set(faults.map(({ kind }) => kind))].sort())
  agent.destroy()
  await link.close()
  assert.equal(link.counts().open, 0)
  await until(() => neighbour.open() === 0)
})
