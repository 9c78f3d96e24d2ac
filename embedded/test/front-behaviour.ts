import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { sendRaw as say } from '@tallyshop/service-kit/test-support/http'
import { type FakeNeighbour, startFakeNeighbour } from './fake-neighbour.ts'

export type Front = { url: string; stop: () => Promise<void> }

/** A folder of pages and the ports of two neighbours; the order service is away, and the store's account is `account`. */
export type Surroundings = { pages: string; productPort: number; storePort: number }

/**
 * What every front does, whichever program it is: ours for `npm start`, nginx in a container. `start` gets its surroundings,
 * which listen on `host`, and keeps pictures in the container `product-images`.
 */
export function testFront(title: string, host: string, start: (where: Surroundings) => Promise<Front>): void {
  describe(title, () => {
    const pages = mkdtempSync(join(tmpdir(), 'shop-pages-'))
    let product: FakeNeighbour
    let store: FakeNeighbour
    let front: Front

    before(async () => {
      const index = `<html>${'the pages '.repeat(200)}</html>`
      mkdirSync(join(pages, 'assets'))
      writeFileSync(join(pages, 'index.html'), index)
      writeFileSync(join(pages, 'index.html.gz'), gzipSync(index))
      writeFileSync(join(pages, 'assets', 'app-1a2b.js'), 'run()')
      chmodSync(pages, 0o755)
      product = await startFakeNeighbour(host)
      store = await startFakeNeighbour(host, {
        'content-type': 'image/webp',
        'x-ms-version': '1',
        etag: '"e"',
      })
      front = await start({ pages, productPort: product.port, storePort: store.port })
    })
    after(async () => {
      await front?.stop()
      product.close()
      store.close()
      rmSync(pages, { recursive: true })
    })

    it('gives the pages at every address that is no file, under a strict policy', async () => {
      for (const path of ['/', '/products/5', '/staff/orders?x=1.5']) {
        const response = await fetch(front.url + path)
        assert.equal(response.status, 200, path)
        assert.match(await response.text(), /the pages/)
        assert.match(
          response.headers.get('content-security-policy') ?? '',
          /default-src 'self'.*frame-ancestors 'none'/,
        )
        assert.equal(response.headers.get('cache-control'), 'no-cache')
        assert.equal(response.headers.get('content-encoding'), 'gzip')
      }
    })

    it('lets browsers keep what carries its hash in its name, and says 404 to what is not there', async () => {
      const asset = await fetch(`${front.url}/assets/app-1a2b.js`)
      assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
      assert.equal(await asset.text(), 'run()')
      for (const path of ['/assets/app-old.js', '/favicon.png', '/api/', '/api/accounts']) {
        assert.equal((await fetch(front.url + path)).status, 404, path)
      }
    })

    it('forwards the two APIs with the name the browser used, and takes the request id over', async () => {
      const response = await send('GET', '/api/products/5/?a=%20b&a=c', {
        host: 'shop.local:1',
        'x-request-id': 'abc-1',
      })
      assert.deepEqual([response.seen?.method, response.seen?.url], ['GET', '/products/5/?a=%20b&a=c'])
      assert.equal(response.seen?.headers.host, 'shop.local:1')
      assert.equal(response.seen?.headers['x-request-id'], 'abc-1')
      assert.equal((await send('GET', '/api/products')).seen?.url, '/products')
      assert.equal((await send('PATCH', '/api/products/')).seen?.method, 'PATCH')
    })

    it('streams an upload of 10 MB and refuses one of more than 11', async () => {
      const upload = await send(
        'POST',
        '/api/products/1/upload-image',
        { 'content-type': 'multipart/form-data; boundary=x' },
        10_500_000,
      )
      assert.equal(upload.seen?.bytes, 10_500_000)
      const tooLarge = await send(
        'POST',
        '/api/products/1/upload-image',
        { 'content-type': 'multipart/form-data; boundary=x' },
        12_000_000,
      )
      assert.equal(tooLarge.status, 413)
    })

    it('takes uploads of clients that ask before they send, as curl does', async () => {
      const upload = await send('POST', '/api/products/1/upload-image', { expect: '100-continue' }, 2_000_000)
      assert.equal(upload.status, 200)
      assert.equal(upload.seen?.bytes, 2_000_000)
    })

    for (const path of [
      '/internal/allocations',
      '/api/internal/allocations',
      '/api/products/../internal/allocations',
      '/api/products/..%2finternal/allocations',
      '/api/products/%2e%2e/internal/allocations',
      '/api/products/.%2E/internal/allocations',
      '/api/products/..%5cinternal',
      '/api/products/..\\internal',
      '/api/products//internal',
      '/api/productsinternal',
      '/api/products/..;/internal',
      '/blobs/product-images/../../internal/x',
      '//internal/allocations',
      'http://127.0.0.1/internal/allocations',
    ]) {
      it(`never lets ${path} through to /internal`, async () => {
        const before = product.seen.length
        const { status } = await send('POST', path)
        assert.ok(status >= 400, `${status}`)
        assert.ok(
          product.seen.slice(before).every(({ url }) => url.startsWith('/products')),
          JSON.stringify(product.seen.at(-1)),
        )
      })
    }

    it('passes GET and HEAD of single pictures on, with nothing of the browser and nothing of the store but the picture', async () => {
      const path = '/blobs/product-images/products/1/a-main.webp?sig=x%2By'
      const response = await fetch(front.url + path, {
        headers: { authorization: 'Bearer x', cookie: 'a=b', range: 'bytes=0-1' },
      })
      const seen = store.seen.at(-1)
      assert.equal(seen?.url, '/account/product-images/products/1/a-main.webp?sig=x%2By')
      assert.deepEqual(
        [seen?.headers.authorization, seen?.headers.cookie, seen?.headers.range],
        [undefined, undefined, 'bytes=0-1'],
      )
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
      assert.equal(response.headers.get('content-security-policy'), 'sandbox')
      assert.equal(response.headers.get('x-ms-version'), null)
      assert.equal((await fetch(front.url + path, { method: 'HEAD' })).status, 200)
    })

    for (const [method, path] of [
      ['PUT', '/blobs/product-images/products/1/a.webp?sig=x'],
      ['DELETE', '/blobs/product-images/products/1/a.webp?sig=x'],
      ['GET', '/blobs/other/products/1/a.webp?sig=x'],
      ['GET', '/blobs/product-images?restype=container&comp=list'],
      ['GET', '/blobs/product-images/?restype=container&comp=list'],
      ['GET', '/blobs/product-images/products/1/a.webp?comp=metadata&sig=x'],
      ['GET', '/blobs/product-images/products/1/a.webp?Comp=metadata&sig=x'],
      ['GET', '/blobs/product-images/products/%2e%2e/%2e%2e/other/a.webp'],
      ['GET', '/blobs/product-images/../other/a.webp'],
      ['GET', '/blobs/product-images/..%2fother/a.webp'],
      ['GET', '/blobs/'],
    ] as const) {
      it(`does not pass ${method} ${path} to the picture store`, async () => {
        const before = store.seen.length
        assert.equal((await send(method, path)).status, 404)
        assert.equal(store.seen.length, before)
      })
    }

    it('says in words and at once that a service is down', async () => {
      const began = Date.now()
      const response = await fetch(`${front.url}/api/orders/`, { headers: { 'x-request-id': 'down-1' } })
      assert.equal(response.status, 503)
      assert.deepEqual(await response.json(), {
        detail: 'The order service cannot be reached.',
        code: 'unavailable',
        request_id: 'down-1',
      })
      assert.ok(Date.now() - began < 1000)
    })

    it('asks a service once only, whatever it answers', async () => {
      product.answer = 503
      const before = product.seen.length
      assert.equal((await send('GET', '/api/products/1')).status, 503)
      assert.equal(product.seen.length - before, 1)
      product.answer = 200
    })

    it('does not repeat an order when its service goes away amid the answer', async () => {
      product.answer = 'hang up'
      const before = product.seen.length
      for (const method of ['POST', 'GET'] as const)
        assert.equal((await send(method, '/api/products', {}, method === 'POST' ? 10 : 0)).status, 503)
      assert.equal(product.seen.length - before, 2)
      product.answer = 200
    })

    it('keeps its connections to a service', async () => {
      const before = product.connections
      for (let i = 0; i < 20; i++) await send('GET', '/api/products/1')
      assert.ok(product.connections - before <= 4, `${product.connections - before} for 20 requests`)
    })

    it('outlives a sender that leaves amid a body that nobody reads', async () => {
      const { hostname, port } = new URL(front.url)
      // Some of them leave while their answer is on its way.
      for (let ms = 0; ms < 5; ms += 0.25) {
        const socket = connect(Number(port), hostname)
        socket.write('GET /index.html HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n')
        await once(socket, 'connect')
        await sleep(ms)
        socket.resetAndDestroy()
      }
      assert.equal((await fetch(front.url)).status, 200)
    })

    for (const path of ['/foo.js', '/index.html']) {
      it(`reads what is sent to ${path} to its end and answers the next request`, async () => {
        const body = 'x'.repeat(1_000_000)
        const first = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`
        const startedAt = performance.now()
        const said = await say(front.url, `${first}${lastGet}`)
        assert.deepEqual(statuses(said), ['404', '200'])
        assert.ok(performance.now() - startedAt < 2_000)
      })
    }

    for (const [what, head] of [
      ['that asks for it', 'HTTP/1.1\r\nConnection: close'],
      ['of HTTP/1.0', 'HTTP/1.0'],
    ]) {
      it(`closes the connection of a sender ${what} once its body has ended`, async () => {
        const startedAt = performance.now()
        const body = 'x'.repeat(1_000_000)
        const length = `Host: localhost\r\nContent-Length: ${body.length}`
        const said = await say(front.url, `POST /foo.js ${head}\r\n${length}\r\n\r\n${body}`)
        assert.deepEqual(statuses(said), ['404'])
        assert.ok(performance.now() - startedAt < 2_000)
      })
    }

    it('answers a good request although a bad one follows in the same packet', async () => {
      const bad = 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'
      const said = await say(front.url, `GET / HTTP/1.1\r\nHost: localhost\r\n\r\n${bad}${lastGet}`)
      assert.deepEqual(statuses(said), ['200', '400'])
    })

    async function send(method: string, path: string, headers: Record<string, string> = {}, bytes = 0) {
      const before = product.seen.length
      const status = await sendRaw(front.url, method, path, headers, bytes)
      return { status, seen: product.seen.slice(before).at(-1) }
    }
  })
}

export const lastGet = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

export function statuses(said: string): string[] {
  return [...said.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status)
}

/** fetch would tidy the path up before sending it. */
function sendRaw(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  bytes: number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const call = request({
      hostname,
      port,
      method,
      path,
      headers: bytes ? { ...headers, 'content-length': bytes } : headers,
    })
    call.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    call.once('error', reject)
    call.end(Buffer.alloc(bytes))
  })
}
