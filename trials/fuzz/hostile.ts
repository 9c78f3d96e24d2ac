import type { Judged } from './faults.ts'

/** Bodies that are not what they say, for a route that takes JSON; `verdict` is that of every such route. */
export const hostileBodies: Judged<string | Buffer>[] = [
  invalid('', 'no bytes'),
  invalid(' ', 'a space'),
  invalid('null', 'null'),
  invalid('true', 'true'),
  invalid('1', 'a number'),
  invalid('"text"', 'a text'),
  invalid('[]', 'a list'),
  invalid('{', 'an open brace'),
  invalid('{"a":1}x', 'more behind the end'),
  invalid("{'name':'x'}", 'single quotes'),
  invalid('{"name":"\0"}', 'a bare NUL'),
  invalid('{"name":"a\nb"}', 'a bare line break in a text'),
  invalid('{"name":NaN}', 'NaN'),
  invalid('\ufeff{}', 'a byte order mark'),
  invalid('[{"a":1}]', 'a list of objects'),
  invalid('['.repeat(30_000), 'thirty thousand open brackets'),
  invalid('['.repeat(30_000) + ']'.repeat(30_000), 'thirty thousand lists in one another'),
  invalid(`${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`, 'nine thousand objects in one another'),
  invalid(`{"a":"${'x'.repeat(64 * 1024)}"}`, 'more than 64 KB'),
  invalid(' '.repeat(300_000), '300 KB of space'),
  invalid(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]), 'gzip'),
  invalid(Buffer.from([0xff, 0xfe, 0x7b, 0, 0x7d, 0]), 'UTF-16'),
  invalid(Buffer.from('{"a":"\xff\xfe"}', 'latin1'), 'not UTF-8'),
  invalid('{"__proto__":{"a":1}}', '__proto__'),
  invalid('{"constructor":{"prototype":{"a":1}}}', 'constructor.prototype'),
]

/** Content types in place of a right body's own. */
export const hostileTypes: Judged<string>[] = [
  ...[
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    ';;;',
    'json',
  ].map((type) => invalid(type, type)),
  ...['application/jsonx', 'application/json5', 'text/json', '\u00e9/x'].map((type) => invalid(type, type)),
  ...[
    'APPLICATION/JSON',
    'application/json; charset=utf-16',
    'application/json;',
    'application/json;a="',
  ].map((value) => ({ value, verdict: 'either' as const, about: value })),
]

export type HostileHeaders = {
  headers: Record<string, string>
  about: string
  /** The statuses that are right wherever the operation documents them; undefined: as without these headers. */
  only?: number[]
  /** As only, for methods that change something. */
  onlyUnsafe?: number[]
}

export const hostileHeaders: HostileHeaders[] = [
  ...['evil.example', '127.0.0.1.evil.example', 'localhost@evil.example', '[', 'a b'].map((host) => ({
    headers: { host },
    about: `Host ${host}`,
    only: [403],
  })),
  ...['localhost', '127.0.0.9:1', '[::1]:80'].map((host) => ({ headers: { host }, about: `Host ${host}` })),
  ...['https://evil.example', 'null', 'http://localhost:3001', 'file://', '\u00ff'].map((origin) => ({
    headers: { origin },
    about: `Origin ${origin}`,
    onlyUnsafe: [403],
  })),
  { headers: { origin: 'http://localhost:3000' }, about: 'our own Origin' },
  ...['', 'two words', '<b>', '"', 'x'.repeat(101), '\u00ff\u00fe', 'ok-1.2:3_4'].map((id) => ({
    headers: { 'x-request-id': id },
    about: `X-Request-Id ${id.slice(0, 20)}`,
  })),
  ...[
    '*',
    '"1.1.10.x"',
    'W/"1.1.10.x"',
    '""',
    'x',
    '"9.9',
    `"${'9'.repeat(300)}.1.1.x"`,
    ','.repeat(3000),
  ].map((tag) => ({
    headers: { 'if-match': tag, 'if-none-match': tag },
    about: `If-Match ${tag.slice(0, 20)}`,
  })),
  ...['deflate', 'gzip;q=2', '*;q=0'].map((value) => ({
    headers: { 'accept-encoding': value, accept: 'text/html;q=x', 'accept-language': '\u00e9' },
    about: `Accept-Encoding ${value}`,
  })),
  ...['Bearer', 'Bearer null', 'Basic Og==', 'Bearer e30.e30.', '\u00e9'].map((authorization) => ({
    headers: { 'x-order-token': authorization, cookie: `a=${authorization}` },
    about: `a token ${authorization}`,
  })),
  {
    headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '1,2', forwarded: '*' },
    about: 'Forwarded',
  },
  {
    headers: { 'x-http-method-override': 'DELETE', 'x-original-url': '/internal' },
    about: 'X-HTTP-Method-Override',
  },
  { headers: { range: 'bytes=0-1', te: 'trailers', via: '9'.repeat(5000) }, about: 'Range' },
  { headers: { __proto__x: '1', constructor: '1', 'content-language': '\u00e9' }, about: 'odd names' },
  { headers: { connection: 'upgrade', upgrade: 'websocket' }, about: 'an upgrade' },
  { headers: { 'x-large': 'x'.repeat(20_000) }, about: '20 KB of headers', only: [431] },
]

/** Idempotency-Keys that no order can have. */
export const badKeys = [
  '',
  'short',
  'x'.repeat(256),
  'two words, and long enough',
  '\u00e9'.repeat(20),
  '"'.repeat(17),
]

/** Addresses and methods that no service has; what may be answered is the judge's short list for such. */
export const strangeAddresses = [
  ...[
    '/nowhere',
    '/products/1/nothing',
    '/internal',
    '/internal/allocations',
    '/internal/allocations/',
    '//products',
  ],
  ...[
    '/products//1',
    '/.env',
    '/../etc/passwd',
    '/products/1/../2',
    '/%2e%2e/%2e%2e/',
    '/products%2f1',
    '/PRODUCTS',
  ],
  ...[
    '/%zz',
    '/%ff',
    '/%00',
    '/products/%c0%ae',
    '/*',
    '/docs/../x',
    '/docs/static/../../x',
    '/orders/1/status/x',
  ],
  ...[`/${'a/'.repeat(2000)}`, `/${'x'.repeat(12_000)}`, '/:product_id', '/__proto__'],
]

export const strangeMethods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'PURGE',
]

function invalid<Value>(value: Value, about: string): Judged<Value> {
  return { value, verdict: 'invalid', about }
}
