import assert from 'node:assert/strict'
import { Agent, request as httpRequest } from 'node:http'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePorts } from '@tallyshop/embedded/ports'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { createRandom } from '../random.ts'
import { type Edge, startEdge } from './edge.ts'
import { type Link, startLink } from './link.ts'
import { type Neighbour, startNeighbour, until } from './neighbour.ts'

type Replica = Neighbour & { name: string; isReady: boolean; hosts: Set<string | undefined>; link: Link }

let replicas: Replica[]
let edge: Edge
beforeEach(async () => {
  replicas = await Promise.all(['a', 'b'].map(startReplica))
  edge = await startEdge(replicas.map(({ name, link }) => ({ name, port: link.port })))
})
afterEach(async () => {
  await edge.close()
  for (const { link, close, open } of replicas) {
    await link.close()
    await until(() => open() === 0)
    await close()
  }
})
async function startReplica(name: string): Promise<Replica> {
  const hosts = new Set<string | undefined>()
  const neighbour = await startNeighbour((request, response, body) => {
    hosts.add(request.headers.host)
    const isPoll = request.url === '/readyz'
    response.statusCode = isPoll && !replica.isReady ? 503 : 200
    response.setHeader('x-replica', name)
    response.end(request.url === '/echo' ? body : name)
  })
  const link = await startLink({
    name: `edge→${name}`,
    port: neighbour.port,
    http: true,
    random: createRandom(name),
  })
  const replica = { ...neighbour, name, isReady: true, hosts, link }
  return replica
}

const replica = (name: string) => {
  const found = replicas.find((one) => one.name === name)
  if (!found) throw new Error(`There is no replica ${name}.`)
  return found
}
const client = () => createClient(edge.url)
const outcome = (sending: Promise<{ status: number; text: string }>) =>
  sending.then(
    ({ status, text }) => `${status} ${text}`,
    (error) => error.code,
  )
const tally = async (count: number) => {
  const seen = await Promise.all(Array.from({ length: count }, () => outcome(client().get('/'))))
  return Object.fromEntries(
    [...new Set(seen)].sort().map((one) => [one, seen.filter((other) => other === one).length]),
  )
}

test('requests go to the replicas in turn, with bodies and headers as they are', async () => {
  assert.deepEqual(await tally(20), { '200 a': 10, '200 b': 10 })
  const body = 'x'.repeat(10_000_000)
  const answer = await client().post('/echo', body, { host: 'shop.example', 'x-request-id': 'r1' })
  assert.equal(answer.text, body)
  assert.match(String(answer.headers['x-replica']), /^[ab]$/)
  assert.equal((await client().post('/echo')).text, '')
  assert.equal((await client().send('HEAD', '/')).status, 200)
  for (const { hosts } of replicas) assert.ok(!hosts.has('shop.example'), [...hosts].join())
})

test('a replica that is not ready is left out until it is', async () => {
  replica('a').isReady = false
  await until(() => edge.ready().join() === 'b')
  assert.deepEqual(await tally(10), { '200 b': 10 })
  replica('a').isReady = true
  await until(() => edge.ready().join() === 'a,b')
  assert.deepEqual(await tally(10), { '200 a': 5, '200 b': 5 })
})

test('where nobody is ready all are asked nevertheless', async () => {
  for (const one of replicas) one.isReady = false
  await until(() => edge.ready().length === 0)
  assert.deepEqual(await tally(10), { '200 a': 5, '200 b': 5 })
})

test('a replica that refuses the connection is passed over, and nothing is lost', async () => {
  const { link } = replica('a')
  const [deadPort = 0] = await findFreePorts(1)
  const half = await startEdge([
    { name: 'away', port: deadPort },
    { name: 'a', port: link.port },
  ])
  const away = await startEdge([{ name: 'away', port: deadPort }])
  const bodies = ['one', 'two', 'three', 'four']
  for (const body of bodies) assert.equal((await createClient(half.url).put('/echo', body)).text, body)
  const answer = await createClient(away.url).put('/', 'body')
  assert.deepEqual([answer.status, answer.headers['x-edge']], [502, 'no target'])
  assert.deepEqual(away.counts(), { requests: 1, 'no target': 1 })
  await Promise.all([half.close(), away.close()])
})

test('a request that was sent and not answered is lost, and sent to nobody else', async () => {
  const lost = replicas.map(({ link }) =>
    link.once({ kind: 'lose_answer' }, { match: { request: /^PUT \/order/ }, withinMs: 1_000 }),
  )
  assert.equal(await outcome(client().put('/order', 'one')), 'ECONNRESET')
  const arrived = () =>
    replicas.flatMap(({ arrived }) => arrived).filter((request) => request.startsWith('PUT'))
  assert.deepEqual(arrived(), ['PUT /order one'])
  assert.equal(edge.counts().lost, 1)
  assert.deepEqual((await Promise.all(lost)).sort(), [false, true])
})

test('an answer that breaks off breaks off at the client, too', async () => {
  const body = 'y'.repeat(2_000)
  for (const { link } of replicas)
    link.weather({ rate: 1, faults: [{ kind: 'cut_answer' }], match: { request: /^POST \/echo/ } })
  assert.equal(await outcome(client().post('/echo', body)), 'ECONNRESET')
  assert.equal(edge.counts().lost, 1)
})

test('a client that leaves is missed by the replica, and by nobody else', async () => {
  for (const { link } of replicas)
    link.weather({ rate: 1, faults: [{ kind: 'delay', ms: 300 }], match: { request: /^PUT/ } })
  const sent = httpRequest(`${edge.url}/left`, { method: 'PUT' }).on('error', () => {})
  sent.end('x')
  setTimeout(() => sent.destroy(), 50)
  await until(() => edge.counts().left === 1)
  assert.deepEqual(await tally(4), { '200 a': 2, '200 b': 2 })
  await sleep(400)
  assert.ok(replicas.every(({ arrived }) => !arrived.includes('PUT /left x')))
})

test('a hundred clients at once are served over connections that are kept, and let go at the end', async () => {
  const agent = new Agent({ keepAlive: true })
  const send = () =>
    new Promise<string | undefined>((resolve, reject) => {
      const sent = httpRequest(edge.url, { agent }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.headers['x-replica']?.toString()))
      })
      sent.on('error', reject).end()
    })
  const seen = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const names: unknown[] = []
      for (let round = 0; round < 5; round += 1) names.push(await send())
      return names
    }),
  )
  assert.deepEqual(seen.flat().filter((name) => name === 'a').length, 250)
  const { connections = 0 } = replica('a').link.counts()
  assert.ok(connections <= 101, `${connections} connections for 250 requests`)
  agent.destroy()
})
