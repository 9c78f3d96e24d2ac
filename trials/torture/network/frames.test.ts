import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Frames } from './connection.ts'
import { followHttpRequest, isHttpRequest } from './http-frames.ts'
import { followPostgresRequest, isPostgresRequest } from './postgres-frames.ts'

/** Ends with its last byte and not before, cut anywhere, or byte by byte. */
function endsAtItsEnd(follow: () => Frames, request: Buffer): void {
  assert.equal(follow()(request), true, 'in one piece')
  for (let cut = 1; cut < request.length; cut += 1) {
    const ends = follow()
    assert.deepEqual(
      [ends(request.subarray(0, cut)), ends(request.subarray(cut))],
      [false, true],
      `cut at ${cut}`,
    )
  }
  const ends = follow()
  const byByte = [...request].map((byte) => ends(Buffer.from([byte])))
  assert.deepEqual([byByte.indexOf(true), byByte.at(-1)], [request.length - 1, true], 'byte by byte')
}

const message = (type: string, body: string) => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)])
}

test('an HTTP request ends with its head, its length or its last chunk', () => {
  for (const request of [
    'GET / HTTP/1.1\r\nhost: x\r\n\r\n',
    'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello\r\n\r\n..',
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nb;x=y\r\n0\r\n\r\n123456\r\n0\r\n\r\n',
  ])
    endsAtItsEnd(followHttpRequest, Buffer.from(request))
})

test('a PostgreSQL request ends with what the server answers', () => {
  const statement = [
    message('P', '\0select 1\0\0\0'),
    message('B', 'SSSS'),
    message('D', 'P\0'),
    message('E', '\0\0\0\0\0'),
  ]
  for (const request of [
    message('Q', 'select 1\0'),
    Buffer.concat([...statement, message('S', '')]),
    message('', '\0\x03\0\0user\0postgres\0\0'),
    message('p', 'SCRAM-SHA-256\0\0\0\0\x05n,,n='),
    Buffer.concat([message('d', 'a\tb\n'), message('d', 'c\td\n'), message('c', '')]),
  ])
    endsAtItsEnd(followPostgresRequest, request)
})

test('what is no request is told from one', () => {
  for (const text of ['G', 'GET / HT', 'PATCH /o', 'DELETE /internal'])
    assert.equal(isHttpRequest(Buffer.from(text)), true, text)
  for (const text of ['the rest of a picture', 'GETTING', '\0'])
    assert.equal(isHttpRequest(Buffer.from(text)), false, text)
  assert.equal(isPostgresRequest(message('P', 'x')), true)
  assert.equal(isPostgresRequest(message('', '\0\x03\0\0user')), true)
  assert.equal(isPostgresRequest(message('X', '')), false)
  assert.equal(isPostgresRequest(Buffer.from('~')), false)
})
