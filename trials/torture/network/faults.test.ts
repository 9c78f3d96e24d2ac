import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../random.ts'
import { type Link, type LinkFault, startLink } from './link.ts'
import { startNeighbour, startRawNeighbour, until, type Witness, watch, witness } from './neighbour.ts'

/** What the far side saw, one for each connection. */
let arrived: Witness[]
let far: Awaited<ReturnType<typeof startRawNeighbour>>
let link: Link
beforeEach(async () => {
  arrived = []
  far = await startRawNeighbour((socket: Socket) => {
    arrived.push(watch(socket))
    socket.on('data', () => socket.write(answer))
    socket.on('end', () => setTimeout(() => socket.end(), 30))
  })
  link = await startLink({ name: 'a→b', port: far.port, http: true, random: createRandom(7) })
})
afterEach(async () => {
  await link.close()
  assert.equal(link.counts().open, 0)
  await until(() => far.open() === 0)
  await far.close()
})

const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone'
const request = 'PUT /thing HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc'

/** Sends a request into a link on which it meets the fault; `met` resolves when it has. */
function meet(fault: LinkFault, bytes = request) {
  const met = link.once(fault, { withinMs: 5_000 })
  const near = witness(link.port)
  const began = performance.now()
  near.socket.write(bytes)
  return { near, met, elapsed: () => performance.now() - began }
}
const heard = () => arrived.map(({ said }) => said()).filter(Boolean)

test('a delayed request comes later, and is answered', async () => {
  const { near, met, elapsed } = meet({ kind: 'delay', ms: 100 })
  await sleep(50)
  assert.deepEqual(heard(), [])
  assert.equal(await met, true)
  await until(() => near.said() === answer)
  assert.ok(elapsed() >= 95)
  assert.deepEqual(heard(), [request])
})

test('a delayed answer was given early', async () => {
  const { near, met, elapsed } = meet({ kind: 'delay_answer', ms: 100 })
  await until(() => heard().length === 1)
  assert.ok(elapsed() < 95)
  assert.equal(near.said(), '')
  assert.equal(await met, true)
  await until(() => near.said() === answer)
  assert.ok(elapsed() >= 95)
})

test('a sliced exchange comes whole, in pieces on both sides', async () => {
  const { near, met } = meet({ kind: 'slice', bytes: 5, pauseMs: 5 })
  assert.equal(await met, true)
  await until(() => heard()[0] === request)
  assert.ok((arrived[0]?.pieces() ?? 0) > 5)
  await until(() => near.said().startsWith(answer.repeat(5)))
  assert.ok(near.pieces() > 10)
})

test('a limited exchange takes the time that its bytes take', async () => {
  const { near, met, elapsed } = meet({ kind: 'limit', bytesPerSecond: 200 })
  assert.equal(await met, true)
  assert.ok(elapsed() > 150, `${elapsed()} ms for ${request.length} bytes`)
  await until(() => near.said().startsWith(answer))
  assert.ok(elapsed() > 350, `${elapsed()} ms with ${answer.length} bytes of answer`)
})

test('a lost request never comes, and both sides are reset', async () => {
  const { near, met } = meet({ kind: 'lose_request' })
  assert.equal(await near.end, 'reset')
  assert.equal(await met, true)
  assert.equal(await arrived[0]?.end, 'reset')
  assert.deepEqual(heard(), [])
})

test('a lost answer was given, and nothing of it comes', async () => {
  const { near, met } = meet({ kind: 'lose_answer' })
  assert.equal(await near.end, 'reset')
  assert.equal(await met, true)
  assert.equal(near.said(), '')
  assert.deepEqual(heard(), [request])
})

test('a request that is not answered has lost no answer', async () => {
  await link.close()
  const silent = await startRawNeighbour((socket) => void socket.resume().on('end', () => socket.end()))
  link = await startLink({ name: 'a→b', port: silent.port, http: true, random: createRandom(7) })
  const met = link.once({ kind: 'lose_answer' }, { withinMs: 200 })
  const { socket } = witness(link.port)
  socket.write(request)
  await sleep(50)
  socket.destroy()
  assert.equal(await met, false)
  assert.equal(link.counts().lose_answer, undefined)
  await silent.close()
})

test('a cut answer comes by half', async () => {
  const { near, met } = meet({ kind: 'cut_answer' })
  assert.equal(await near.end, 'reset')
  assert.equal(await met, true)
  assert.equal(near.said(), answer.slice(0, Math.floor(answer.length / 2)))
  assert.deepEqual(heard(), [request])
})

test('in a black hole nothing passes and nobody is told, until the end', async () => {
  const { near, met, elapsed } = meet({ kind: 'black_hole', ms: 150 })
  near.socket.write('more')
  assert.equal(await near.end, 'reset')
  assert.ok(elapsed() >= 145)
  assert.equal(await met, true)
  assert.equal(await arrived[0]?.end, 'reset')
  assert.deepEqual([near.said(), heard()], ['', []])
})

test('half closed to the near side, it hears an end and no answer', async () => {
  const { near, met } = meet({ kind: 'half_close', side: 'near' })
  assert.equal(await near.end, 'end')
  assert.equal(await met, true)
  await until(() => heard().length === 1)
  assert.equal(near.said(), '')
  near.socket.end()
  assert.equal(await arrived[0]?.end, 'end')
})

test('half closed to the far side, it hears an end after the request, and its answer comes', async () => {
  const { near, met } = meet({ kind: 'half_close', side: 'far' })
  assert.equal(await met, true)
  await until(() => near.said() === answer)
  assert.deepEqual(heard(), [request])
  assert.equal(await arrived[0]?.end, 'end')
  assert.equal(await near.end, 'end')
})

test('a late request comes even when nobody waits for it any more', async () => {
  const { near, met } = meet({ kind: 'late', ms: 150 })
  await sleep(50)
  near.socket.destroy()
  await sleep(50)
  assert.deepEqual(heard(), [])
  assert.equal(await met, true)
  assert.deepEqual(heard(), [request])
})

test('a late request is answered where somebody waits', async () => {
  const { near, met, elapsed } = meet({ kind: 'late', ms: 100 })
  assert.equal(await met, true)
  await until(() => near.said() === answer)
  assert.ok(elapsed() >= 95)
})

test('a late request comes to the next life of a far side that died meanwhile', async () => {
  const { near, met } = meet({ kind: 'late', ms: 150 })
  await until(() => arrived.length === 1)
  near.socket.destroy()
  arrived[0]?.socket.destroy()
  assert.equal(await met, true)
  assert.deepEqual(heard(), [request])
  assert.equal(arrived.length, 2)
})

for (const when of ['before', 'with', 'after'] as const) {
  test(`a request that is repeated ${when} the first comes twice and is answered once`, async () => {
    const { near, met } = meet({ kind: 'repeat', when })
    assert.equal(await met, true)
    await until(() => near.said().length > 0)
    await sleep(20)
    assert.equal(near.said(), answer)
    assert.deepEqual(heard(), [request, request])
  })
}

test('only what may be repeated is', async () => {
  const server = await startNeighbour()
  link.connectTo(server.port)
  link.weather({ rate: 1, faults: [{ kind: 'repeat', when: 'before' }] })
  const send = async (head: string, fields = '') => {
    const { socket, said } = witness(link.port)
    socket.write(`${head} HTTP/1.1\r\nhost: x\r\n${fields}content-length: 0\r\n\r\n`)
    await until(() => said().endsWith('done'))
    socket.destroy()
    return server.arrived.splice(0).length
  }
  assert.equal(await send('POST /orders'), 1)
  assert.equal(await send('POST /orders', 'Idempotency-Key: 0123456789abcdef\r\n'), 2)
  assert.equal(await send('PATCH /orders/1'), 1)
  assert.equal(await send('PATCH /orders/1/status?status=shipped'), 2)
  for (const method of ['GET', 'PUT', 'DELETE']) assert.equal(await send(`${method} /products/1`), 2, method)
  assert.equal(link.counts().repeat, 5)
  await server.close()
})

test('the link answers itself, and the connection goes on', async () => {
  const { near, met } = meet({ kind: 'answer', status: 503, body: '{"a":1}' })
  assert.equal(await met, true)
  await until(() => near.said().endsWith('{"a":1}'))
  assert.match(near.said(), /^HTTP\/1\.1 503 .*content-length: 7\r\n/s)
  assert.deepEqual(heard(), [])
  near.socket.write(request)
  await until(() => near.said().endsWith(answer))
})
