import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { sendRaw as say } from '@tallyshop/service-kit/test-support/http'
import { startFront } from '../src/front.ts'
import { type Front, lastGet, statuses, testFront } from './front-behaviour.ts'

const nowhere = 'http://127.0.0.1:9'
const quiet = { port: 0, host: '127.0.0.1', pictureOrigin: undefined, logLevel: 'silent' } as const

testFront('the front', '127.0.0.1', ({ pages, productPort, storePort }) =>
  startFront({
    ...quiet,
    pages,
    productServiceUrl: `http://127.0.0.1:${productPort}`,
    orderServiceUrl: nowhere,
    pictures: { endpoint: `http://127.0.0.1:${storePort}/account`, container: 'product-images' },
  }),
)

describe('the front of npm start', () => {
  const pages = mkdtempSync(join(tmpdir(), 'shop-pages-'))
  let front: Front

  before(async () => {
    writeFileSync(join(pages, 'index.html'), 'the pages')
    const services = { productServiceUrl: nowhere, orderServiceUrl: nowhere, pictures: undefined }
    front = await startFront({ ...quiet, ...services, pages })
  })
  after(async () => {
    await front.stop()
    rmSync(pages, { recursive: true })
  })

  it('reads what is sent to a service that is away to its end and answers the next request', async () => {
    const body = 'x'.repeat(1_000_000)
    const first = `POST /api/orders/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const startedAt = performance.now()
    assert.deepEqual(statuses(await say(front.url, `${first}${lastGet}`)), ['503', '200'])
    assert.ok(performance.now() - startedAt < 2_000)
  })

  it('answers a request for another protocol in ours, and closes', async () => {
    const startedAt = performance.now()
    const upgrade = 'Host: localhost\r\nConnection: upgrade\r\nUpgrade: websocket'
    const said = await say(front.url, `GET / HTTP/1.1\r\n${upgrade}\r\n\r\n`)
    assert.match(said, /^HTTP\/1.1 200 OK\r\n(.+\r\n)*connection: close\r\n/i)
    assert.ok(performance.now() - startedAt < 2_000)
  })
})
