import { gzipSync } from 'node:zlib'
import { type Case, example, spoil } from './case.ts'
import type { Operation } from './operations.ts'

export function noObjects(operation: Operation): Case[] {
  const good = example(operation)
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  const bodies = [
    ...[
      '',
      ' ',
      'null',
      '[]',
      '[{}]',
      '"x"',
      '5',
      'true',
      'NaN',
      '{',
      '}',
      '{}}',
      '{"a":1}{"b":2}',
      `${good},`,
      `${good}\0`,
    ],
    ...[
      "{'name':'x'}",
      '{name:1}',
      '{"name":undefined}',
      '{"name":0x10}',
      '{"name":01}',
      '/**/{}',
      '{"a":1,}',
      good.slice(0, -1),
    ],
    ...[
      good.slice(0, good.length / 2),
      '{"name":"a\nb"}',
      '{"name":"\\x41"}',
      '{"name":"\\u12"}',
      '\u00a0{}',
      '<a/>',
      'a=1&b=2',
    ],
    bytes('{"name":"', [0xff, 0xfe], '"}'),
    bytes('{"name":"', [0xed, 0xa0, 0x80], '"}'),
    bytes('{"name":"', [0xc0, 0x80], '"}'),
    bytes(good.slice(0, -1), ',"unknown":"', [0xf0, 0x9f, 0x98], '"}'),
    Buffer.from(good, 'utf16le'),
    gzipSync(good),
  ]
  const refused = bodies.map((body) => ({ operation, body, answers: [422], at: ['body'] }))
  const unpacked = {
    operation,
    body: gzipSync(good),
    headers: { 'content-encoding': 'gzip' },
    answers: [415, 422],
  }
  return [...refused, unpacked]
}

export function prototypes(operation: Operation): Case[] {
  const inside = example(operation).slice(0, -1)
  const bodies = [
    `${inside},"__proto__":{"polluted":1}}`,
    `${inside},"\\u005f_proto__":{"polluted":1}}`,
    `${inside},"__proto__":null}`,
    `${inside},"constructor":{"prototype":{"polluted":1}}}`,
    `${inside},"unknown":{"deeper":[{"__proto__":{"polluted":1}}]}}`,
    '{"__proto__":{"polluted":1}}',
    '[{"__proto__":{"polluted":1}}]',
  ]
  return bodies.map((body) => ({ operation, body, answers: [422], at: ['body'] }))
}

export function tooMuch(operation: Operation): Case[] {
  const good = example(operation)
  const [name = ''] = Object.keys(operation.body?.properties ?? {})
  const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth)
  const padded = `${good.slice(0, -1)},"unknown":"${'x'.repeat(64 * 1024 - good.length - 13)}"}`
  return [
    { operation, body: `${padded} `, answers: [413] },
    { operation, body: 'x'.repeat(1024 * 1024), answers: [413] },
    { operation, body: nested(10_000, '[', ']'), answers: [422], at: ['body'] },
    {
      operation,
      body: spoil(operation, [name], nested(10_000, '[', ']')),
      answers: [422],
      at: ['body', name],
    },
    {
      operation,
      body: spoil(operation, [name], nested(5_000, '[{"a":', '}]').replace('}', '1}')),
      answers: [422],
      at: ['body', name],
    },
    { operation, body: nested(30_000, '[', ''), answers: [422], at: ['body'] },
    { operation, body: `${good.slice(0, -1)},"${name}":{}}`, answers: [422], at: ['body', name] },
  ]
}

/** By the wrong name a good body is not read, and by an odd one a bad body is not taken (fastify's validation bypasses). */
export function wrongTypes(operation: Operation): Case[] {
  const names = [
    ...[
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'x',
      '*/*',
    ],
    ...[
      'application/jsonp',
      'application/json5',
      'application/ld+json',
      'text/json',
      'application/json,text/plain',
      'json',
    ],
    ...[
      'application/x-json',
      'application',
      '/',
      ';',
      'application/json/x',
      'application/jso',
      'text/html;application/json',
    ],
  ]
  const bypasses = [
    ...[
      'application/json ; x',
      'application/json;',
      'application/json;;',
      'application/json\t;charset=utf-8',
      'APPLICATION/JSON',
    ],
    ...[
      ' application/json',
      '\tapplication/json',
      'application/json; charset=utf-7',
      'application/json; charset="',
      'Application/Json ;a',
    ],
    ...[
      'application/json\u00a0',
      'application/json; a=b; a=c',
      'application/json;x=application/json',
      'application /json',
    ],
  ]
  return [
    ...names.map((type) => ({
      operation,
      body: example(operation),
      headers: { 'content-type': type },
      answers: [415],
    })),
    ...bypasses.map((type) => ({
      operation,
      body: '[]',
      headers: { 'content-type': type },
      answers: [415, 422],
    })),
  ]
}
