import { addressAt, type Door } from './shop.ts'

/** Bytes for one door, and what may be answered: once, and with the connection closed after it unless `staysOpen`. */
export type WireCase = {
  what: string
  bytes: (door: Door) => string
  answers: number[]
  staysOpen?: boolean
}

const bodies = {
  product: '{"name":"Smuggled","price":1,"stock_quantity":1}',
  order: '{"items":[{"product_id":1,"quantity":1}]}',
}

const host = 'Host: localhost'
const json = 'Content-Type: application/json'

/** A request that would leave rows behind, if it were ever served. */
export function goodWrite(door: Door): string {
  const body = bodies[door.service]
  return `POST ${addressAt(door, `/${door.service}s`)} HTTP/1.1\r\n${host}\r\n${json}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

export function goodRead(door: Door, headers = ''): string {
  return `GET ${addressAt(door, `/${door.service}s?limit=1`)} HTTP/1.1\r\n${host}\r\n${headers}\r\n`
}

/** A write with these header lines and this body, and one that hides behind it. */
const framed = (what: string, headers: string, body: string, answers = [400]): WireCase => ({
  what,
  answers,
  bytes: (door) =>
    `POST ${addressAt(door, `/${door.service}s`)} HTTP/1.1\r\n${host}\r\n${json}\r\n${headers}\r\n\r\n${body}${goodWrite(door)}`,
})

const line = (what: string, requestLine: (path: string) => string, answers: number[]): WireCase => ({
  what,
  answers,
  bytes: (door) =>
    `${requestLine(addressAt(door, `/${door.service}s`))}\r\n${host}\r\n\r\n${goodWrite(door)}`,
})

const header = (what: string, lines: string, answers = [400]): WireCase => ({
  what,
  answers,
  bytes: (door) => goodRead(door, `${lines}\r\n`) + goodWrite(door),
})

const chunked = 'Transfer-Encoding: chunked'
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

/** Two readings of where a request ends: the one behind must never be served. */
const smuggling: WireCase[] = [
  framed('a length and chunks', `Content-Length: 4\r\n${chunked}`, '0\r\n\r\n'),
  framed('chunks and a length', `${chunked}\r\nContent-Length: 4`, '0\r\n\r\n'),
  framed('two lengths', 'Content-Length: 5\r\nContent-Length: 0', 'hello'),
  framed('the same length twice', 'Content-Length: 5\r\nContent-Length: 5', 'hello'),
  framed('a list of lengths', 'Content-Length: 5, 5', 'hello'),
  ...['+5', '-1', '0x5', '5 5', '1e1', '5.0', '', '9'.repeat(30)].map((length) =>
    framed(`a length of "${length}"`, `Content-Length: ${length}`, 'hello'),
  ),
  ...[
    'chunked, identity',
    'identity',
    'xchunked',
    '\x0bchunked',
    'chunked;q=1',
    'chunked\x00',
    'chun ked',
  ].map((coding) =>
    framed(`a transfer coding of ${JSON.stringify(coding)}`, `Transfer-Encoding: ${coding}`, '0\r\n\r\n'),
  ),
  framed('chunks that end twice', `${chunked}\r\nTransfer-Encoding: identity`, '0\r\n\r\n'),
  framed('a space before the colon', 'Transfer-Encoding : chunked', '0\r\n\r\n'),
  framed('a NUL in a name', 'Transfer-Encoding\x00: chunked', '0\r\n\r\n'),
  framed('a folded line', 'Transfer-Encoding:\r\n chunked', '0\r\n\r\n'),
  ...['F'.repeat(17), '-1', '0x5', ' 5', '5 x', '5\x00', '', 'g'].map((size) =>
    framed(`a chunk of "${size}" bytes`, chunked, `${size}\r\nhello\r\n0\r\n\r\n`),
  ),
  framed('a chunk extension with a bare LF', chunked, '5;a\nhello\r\n0\r\n\r\n'),
  framed('a chunk longer than it says', chunked, '5\r\nhello!\r\n0\r\n\r\n'),
  framed('a chunk that ends in a bare LF', chunked, '5\r\nhello\n0\n\n'),
  framed(
    'a chunk extension without end',
    chunked,
    `5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
    [400, 413],
  ),
  framed('a trailer that is no header', chunked, `${chunk('[]')}0\r\nno colon\r\n\r\n`),
]

const oddHeads: WireCase[] = [
  header('a bare LF', 'X-A: 1\nX-B: 2'),
  header('a CR without LF', 'X-A: 1\rX-B: 2'),
  header('a CR in a value', 'X-A: 1\r\rX-B: 2'),
  header('a NUL in a value', 'X-A: a\0b'),
  header('a control character in a value', 'X-A: a\x01b'),
  header('a control character in a name', 'X\x01A: b'),
  header('a name that is not ASCII', 'X-\xe4: b'),
  header('a space before the colon', 'X-A : b'),
  header('no colon', 'X-A'),
  header('no name', ': b'),
  header('a second host', 'Host: evil.example'),
  header('200 headers', lines(200), [400, 431]),
  header('2,000 headers', lines(2000), [400, 431]),
  header('a header of 100 KB', `X-A: ${'a'.repeat(100_000)}`, [431]),
  { ...header('no host', ''), bytes: (door) => goodRead(door).replace(`${host}\r\n`, '') + goodWrite(door) },
]

const oddLines: WireCase[] = [
  line('HTTP/0.9', (path) => `GET ${path}`, [400]),
  line('HTTP/1.2', (path) => `GET ${path} HTTP/1.2`, [400, 505]),
  line('HTTP/3', (path) => `GET ${path} HTTP/3.0`, [400, 505]),
  line('a method nobody knows', (path) => `SMUGGLE ${path} HTTP/1.1`, [400]),
  line('a method in small letters', (path) => `post ${path} HTTP/1.1`, [400]),
  line('a space in the address', (path) => `GET ${path}?search=a b HTTP/1.1`, [400]),
  line('a tab in the address', (path) => `GET ${path}?search=a\tb HTTP/1.1`, [400]),
  line('a NUL in the address', (path) => `GET ${path}?search=a\0b HTTP/1.1`, [400]),
  line('a raw umlaut in the address', (path) => `GET ${path}?search=\xc3\xa4 HTTP/1.1`, [400]),
  line('an address without a slash', (path) => `GET ${path.slice(1)} HTTP/1.1`, [400]),
  line('an address of 1 MB', (path) => `GET ${path}?search=${'a'.repeat(1_000_000)} HTTP/1.1`, [431]),
  {
    what: 'the preface of HTTP/2',
    bytes: (door) => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${goodWrite(door)}`,
    answers: [400],
  },
  { what: 'a TLS greeting', bytes: () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', answers: [400] },
  {
    what: 'a tunnel',
    bytes: (door) => `CONNECT evil.example:443 HTTP/1.1\r\n${host}\r\n\r\n${goodWrite(door)}`,
    answers: [405],
  },
]

/** Well-formed, but nothing that anybody asks a shop: answered, once, as any other request. */
const oddWishes: WireCase[] = [
  wish('another server', (path) => `GET http://evil.example${path} HTTP/1.1`, [200, 400, 404]),
  wish('the whole server', () => 'OPTIONS * HTTP/1.1', [400, 404]),
  wish('an echo', (path) => `TRACE ${path} HTTP/1.1`, [404, 405]),
  wish('a method of WebDAV', (path) => `PROPFIND ${path} HTTP/1.1`, [404, 405]),
  wish('a method of caches', (path) => `PURGE ${path} HTTP/1.1`, [404, 405]),
  asRead(
    'a web socket',
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==',
  ),
  asRead('HTTP/2', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__'),
  asRead('something unheard of', 'Expect: 200-maybe'),
  asRead('fewer headers', 'Connection: keep-alive, Host, X-Request-Id, Authorization'),
]

/** All of it, by what each part is about. */
export const wireTable = [
  { title: 'a request that ends in two places', cases: smuggling },
  { title: 'a head that cannot be', cases: oddHeads },
  { title: 'a request line that cannot be', cases: oddLines },
  { title: 'a wish that nobody has', cases: oddWishes },
] as const

function wish(what: string, requestLine: (path: string) => string, answers: number[]): WireCase {
  const bytes = (door: Door) =>
    `${requestLine(addressAt(door, `/${door.service}s`))}\r\n${host}\r\nConnection: close\r\n\r\n`
  return { what, answers, bytes }
}

function asRead(what: string, lines: string): WireCase {
  return { what, answers: [200], staysOpen: true, bytes: (door) => goodRead(door, `${lines}\r\n`) }
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, i) => `X-${i}: ${i}`).join('\r\n')
}
