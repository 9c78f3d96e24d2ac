import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { testFront } from '../../embedded/test/front-behaviour.ts'
import { until } from '../../embedded/test/launched-shop.ts'
import { docker, projectName, tryDocker } from './support/docker.ts'
import { type ExtraContainer, runFront, runNamedService } from './support/extra-containers.ts'
import { extraNetwork } from './support/project.ts'

const host = '--add-host=neighbour:host-gateway'

testFront('the front in its container', '0.0.0.0', async ({ pages, productPort, storePort }) => {
  const front = await runFront([
    host,
    `--volume=${pages}:/pages:ro`,
    `--env=PRODUCT_SERVICE=neighbour:${productPort}`,
    '--env=ORDER_SERVICE=127.0.0.1:9',
    `--env=PICTURE_STORE=neighbour:${storePort}/account`,
  ])
  return { url: front.url, stop: front.remove }
})

test('a front without neighbours shows its pages, says at once who is not there, and shows no signature in its log', async () => {
  const front = await runFront()
  const client = createClient(front.url)
  try {
    assert.match((await client.get('/')).text, /<div id="root">/)
    const signed = '/blobs/product-images/products/1/a-main.webp?sv=2025&sig=c2lnbmF0dXJl'
    for (const [path, who] of [
      ['/api/products/?search=secret', 'product service'],
      ['/api/orders/1?order_token=secret', 'order service'],
      [signed, 'picture store'],
    ] as const) {
      const { status, body, headers } = await client.get(path, { referer: `${front.url}${signed}` })
      assert.deepEqual(
        [status, body.detail, headers['retry-after']],
        [503, `The ${who} cannot be reached.`, '1'],
      )
    }
    await until(
      async () => (await front.logs()).includes('/blobs/product-images'),
      5_000,
      () => 'The log says nothing.',
    )
    const said = await front.logs()
    assert.match(said, /\/api\/products\/\?…/)
    assert.doesNotMatch(said, /sig=|secret|c2lnbmF0dXJl/)
  } finally {
    await front.remove()
  }
})

test('a front that may not write, or has no store of pictures, says so', async () => {
  await assert.rejects(docker(['run', '--rm', '--read-only', `${projectName}-frontend`]), /--tmpfs \/tmp/)
  const front = await runFront([
    '--env=PICTURE_STORE=none',
    '--env=PICTURE_ENDPOINT=https://pictures.example/x?y',
  ])
  try {
    const client = createClient(front.url)
    assert.equal((await client.get('/blobs/product-images/products/1/a.webp')).status, 404)
    assert.match(
      `${(await client.get('/')).headers['content-security-policy']}`,
      /img-src [^;]* https:\/\/pictures\.example;/,
    )
  } finally {
    await front.remove()
  }
})

describe('a front whose services come and go', () => {
  const network = extraNetwork
  const here = `--network=${network}`
  const made: ExtraContainer[] = []
  let front: Awaited<ReturnType<typeof runFront>>

  before(async () => {
    await tryDocker(['network', 'rm', network])
    await docker(['network', 'create', network])
    front = await startFront()
  })
  after(async () => {
    await Promise.all(made.map(({ remove }) => remove()))
    await docker(['network', 'rm', network])
  })

  test('finds a service that started after it, and one that came back at another address', async () => {
    assert.match(await ask('products'), /cannot be reached/)
    const first = await startService('first', '--network-alias=product_service')
    await untilAnswered('products', 'first')

    const address = await addressOf(first)
    await first.remove()
    assert.equal(await addressOf(await startService('a stranger')), address)
    await startService('second', '--network-alias=product_service')
    await untilAnswered('products', 'second')
  })

  test('ends what it has begun when it learns a new address, and when it is stopped', async () => {
    const meanwhile = ask('products/slow')
    await startService('third', '--network-alias=order_service')
    await untilAnswered('orders', 'third', 4_500)
    assert.equal(await meanwhile, 'second')

    const last = ask('products/slow')
    await sleep(200)
    assert.deepEqual(await stopFront(), { code: 0, isInTime: true })
    assert.equal(await last, 'second')
  })

  test('is stopped in time by whoever never ends', async () => {
    front = await startFront()
    const { hostname, port } = new URL(front.url)
    const [idle, endless] = [connect(Number(port), hostname), connect(Number(port), hostname)]
    for (const socket of [idle, endless]) socket.on('error', () => {})
    endless.write('POST /api/products/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx')
    await sleep(200)
    assert.deepEqual(await stopFront(), { code: 0, isInTime: true })
  })

  async function startFront() {
    const started = await runFront([here, '--env=ORDER_SERVICE=order_service:8000'])
    made.push(started)
    return started
  }

  async function startService(name: string, ...options: string[]): Promise<ExtraContainer> {
    const service = await runNamedService(name, [here, ...options])
    made.push(service)
    return service
  }

  /** On a connection of its own: a reload ends those that wait. */
  async function ask(path: string): Promise<string> {
    return (await createClient(front.url).get(`/api/${path}`, { connection: 'close' })).text
  }

  async function untilAnswered(path: string, name: string, withinMs = 10_000): Promise<void> {
    await until(
      async () => (await ask(path)) === name,
      withinMs,
      () => `/api/${path} does not lead to ${name}.`,
    )
  }

  async function addressOf({ id }: ExtraContainer): Promise<string> {
    return docker(['inspect', `--format={{(index .NetworkSettings.Networks "${network}").IPAddress}}`, id])
  }

  async function stopFront(): Promise<{ code: number; isInTime: boolean }> {
    const began = Date.now()
    await docker(['stop', '--time=20', front.id])
    const isInTime = Date.now() - began < 9_500
    return { code: Number(await docker(['inspect', '--format={{.State.ExitCode}}', front.id])), isInTime }
  }
})
