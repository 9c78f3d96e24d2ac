import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { converse, pour } from '../bad-input/wire.ts'
import { photograph, pictureForm } from '../support/pictures.ts'

const url = process.env.SHOP_URL ?? ''
const shop = createClient(url)

describe('the pages', () => {
  let assets: string[]

  before(async () => {
    const { text } = await shop.get('/')
    assets = [...text.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
    assert.ok(assets.length >= 2, text)
  })

  test('come at every address that is no file, always fresh and under a strict policy', async () => {
    for (const path of ['/', '/index.html', '/products/5', '/staff/orders?x=1.5']) {
      const { status, text, headers } = await shop.get(path)
      assert.equal(status, 200, path)
      assert.match(text, /<div id="root">/, path)
      assert.equal(headers['content-type'], 'text/html; charset=utf-8')
      assert.equal(headers['cache-control'], 'no-cache')
      assert.deepEqual(pick(headers, Object.keys(pageHeaders)), pageHeaders)
    }
  })

  test('have files that may be kept for ever, and are compressed already', async () => {
    for (const path of assets) {
      const { status, headers } = await shop.get(path)
      assert.equal(status, 200, path)
      assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable', path)
      assert.equal(headers['x-content-type-options'], 'nosniff', path)
      const isText = /\.(js|css)$/.test(path)
      const packed = await fetch(url + path, { headers: { 'accept-encoding': 'gzip' } })
      assert.equal(packed.headers.get('content-encoding'), isText ? 'gzip' : null, path)
      if (isText) assert.match(packed.headers.get('vary') ?? '', /accept-encoding/i, path)
      if (isText)
        assert.ok(Number(packed.headers.get('content-length')) < Number(headers['content-length']), path)
    }
  })

  test('are not sent again to whoever has them', async () => {
    for (const path of ['/', '/staff', ...assets]) {
      for (const coding of ['identity', 'gzip']) {
        const headers = { 'accept-encoding': coding }
        const etag = `${(await shop.send('HEAD', path, undefined, headers)).headers.etag}`
        const again = await shop.get(path, { ...headers, 'if-none-match': etag })
        assert.deepEqual([again.status, again.text], [304, ''], path)
      }
    }
  })

  test('answer HEAD like GET, and nothing else', async () => {
    const [got, head] = [await shop.get('/'), await shop.send('HEAD', '/')]
    assert.deepEqual([head.status, head.text], [200, ''])
    assert.equal(head.headers['content-length'], got.headers['content-length'])
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      for (const path of ['/', '/index.html', '/staff']) await assertRefused(method, path, 404)
  })

  test('are not what a missing file gets, nor what is hidden', async () => {
    for (const path of [
      '/assets/app-old.js',
      '/assets/',
      '/assets',
      '/favicon.png',
      '/api/',
      '/api/accounts',
      '/API/products',
      '/blobs',
      '/internal',
      '/index.html.br',
      '/.env',
      '/nginx.conf',
      // Where nginx goes by itself for its error answers.
      '/refused',
    ]) {
      await assertRefused('GET', path, 404)
    }
  })
})

describe('the APIs', () => {
  test('say which request an answer belongs to', async () => {
    for (const path of ['/api/products', '/api/orders/', '/api/products/0', '/api/nothing']) {
      assert.equal(
        (await shop.get(path, { 'x-request-id': 'a.request-1' })).headers['x-request-id'],
        'a.request-1',
      )
      for (const odd of [undefined, '', 'a b', 'x'.repeat(101), '{}']) {
        const { headers } = await shop.get(path, { 'x-request-id': odd })
        assert.match(`${headers['x-request-id']}`, /^[\w-]{32,36}$/, path)
      }
    }
  })

  test('answer with and without the trailing slash, with query strings as they are', async () => {
    for (const path of [
      '/api/products',
      '/api/products/',
      '/api/products?limit=1',
      '/api/products/?search=%2F%2e%2e%2F',
    ])
      assert.equal((await shop.get(path)).status, 200, path)
  })

  test('refuse what is larger than any picture, whether it says so or not', async () => {
    const path = '/api/products/1/upload-image'
    const form = 'multipart/form-data; boundary=x'
    const tooLarge = Buffer.alloc(11 * 1024 * 1024 + 1)
    await assertRefused('POST', path, 413, { 'content-type': form }, tooLarge)

    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${form}\r\nTransfer-Encoding: chunked\r\n\r\n`
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1024 * 1024), Buffer.from('\r\n')])
    const { answers } = await pour(url, head, chunk, 20 * chunk.length)
    assert.deepEqual(
      answers.map(({ status, body }) => [status, JSON.parse(body).code]),
      [[413, 'file_too_large']],
    )
  })

  test('refuse in our words what is wrong in two ways', async () => {
    const lengths = 'Content-Length: 12000000\r\nTransfer-Encoding: chunked'
    const head = `POST /api/products HTTP/1.1\r\nHost: localhost\r\n${lengths}\r\n\r\n0\r\n\r\n`
    const { answers } = await converse(url, head)
    assert.deepEqual(
      answers.map(({ status, body }) => [status, JSON.parse(body).code]),
      [[400, 'bad_request']],
    )
  })

  test('see the name that the browser used', async () => {
    for (const host of ['evil.example', '169.254.169.254'])
      await assertRefused('GET', '/api/products', 403, { host })
  })
})

describe('pictures', () => {
  let path: string

  before(async () => {
    const product = { name: 'Vase in the window', price: 12.5, stock_quantity: 3 }
    const { product_id: id } = (await shop.post('/api/products/', product)).body
    const uploaded = await shop.post(
      `/api/products/${id}/upload-image`,
      pictureForm(await photograph(1200, 900)),
    )
    assert.equal(uploaded.status, 200, uploaded.text)
    const { pathname, search, origin } = new URL(uploaded.body.image_url)
    assert.equal(origin, new URL(url).origin)
    path = pathname + search
  })

  test('come with nothing of the store but themselves, and can run nothing', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await shop.send(method, path, undefined, { cookie: 'a=b', origin: url })
      assert.equal(status, 200)
      assert.deepEqual(
        Object.keys(headers).filter((name) => !pictureHeaders.includes(name)),
        [],
      )
      assert.equal(headers['content-type'], 'image/webp')
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['content-security-policy'], 'sandbox')
    }
  })

  test('come in part, and not again to whoever has them', async () => {
    const whole = await shop.get(path)
    const etag = `${whole.headers.etag}`
    const part = await shop.get(path, { range: 'bytes=0-3' })
    assert.deepEqual([part.status, part.headers['content-length']], [206, '4'])
    const again = await shop.get(path, { 'if-none-match': etag })
    assert.deepEqual([again.status, again.text], [304, ''])
  })

  test('are given to signed addresses only, and cannot be listed, described or changed', async () => {
    const [name = '', query = ''] = path.split('?')
    const unsigned = [await shop.get(name), await shop.get(path.replace('sig=', 'sig=A'))]
    for (const { status, headers } of unsigned) {
      assert.ok([403, 404].includes(status), `${status}`)
      assert.equal(headers['content-security-policy'], 'sandbox')
    }
    for (const [method, address] of [
      ['PUT', path],
      ['PUT', `${path}&comp=metadata`],
      ['POST', path],
      ['DELETE', path],
      ['PATCH', path],
      ['OPTIONS', path],
      ['GET', `${path}&comp=metadata`],
      ['GET', `${name}?c%6fmp=metadata&${query}`],
      ['GET', `/blobs/product-images?restype=container&comp=list&${query}`],
      ['GET', `/blobs/product-images/?restype=container&comp=list&${query}`],
      ['GET', `/blobs/?comp=list&${query}`],
      ['GET', path.replace('/products/', '/products/../products/')],
      ['GET', path.replace('/products/', '/products%2f')],
    ] as const) {
      await assertRefused(method, address, 404, {}, method === 'PUT' ? Buffer.alloc(1000) : undefined)
    }
    assert.equal((await shop.get(path)).status, 200)
  })
})

const pageHeaders = {
  'content-security-policy': `default-src 'self'; img-src 'self' blob: data: https: ${new URL(url).origin}; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

const pictureHeaders = [
  'accept-ranges',
  'cache-control',
  'connection',
  'content-length',
  'content-security-policy',
  'content-type',
  'date',
  'etag',
  'last-modified',
  'server',
  'transfer-encoding',
  'x-content-type-options',
]

async function assertRefused(
  method: string,
  path: string,
  status: number,
  headers = {},
  body?: Buffer,
): Promise<void> {
  const answer = await shop.send(method, path, body, headers)
  const seen = `${method} ${path}: ${answer.status} ${answer.text}`
  assert.equal(answer.status, status, seen)
  assert.ok(answer.body?.code && answer.body?.detail, seen)
  assert.equal(answer.body.request_id, answer.headers['x-request-id'], seen)
}

function pick(headers: Record<string, unknown>, names: string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, headers[name]]))
}
