import { serviceAuthSecret } from '../support/both-services.ts'
import { type Case, example } from './case.ts'
import { type Operation, operations } from './operations.ts'

export function oddHeaders(): Case[] {
  const place = named('POST', '/orders')
  const keys = [
    '',
    '""',
    'x'.repeat(15),
    'x'.repeat(256),
    'sixteen characters and more',
    'x'.repeat(8000),
    'schl\u00fcssel-schl\u00fcssel',
  ]
  const twice = ['a-key-of-16-chars', 'b-key-of-16-chars']
  const edit = named('PUT', '/products/{product_id}')
  const versions = [
    '',
    '"',
    '""',
    'W/',
    'x',
    '"1-1-999999999999999999999"',
    '"1".'.repeat(2000),
    '\u00ff',
    "';drop table--",
    ',,,,',
  ]
  return [
    ...[...keys, twice].map((key) => ({
      operation: place,
      body: example(place),
      headers: { 'idempotency-key': key },
      answers: [422],
      at: ['header', 'Idempotency-Key'],
    })),
    ...versions.map((version) => ({
      operation: edit,
      body: example(edit),
      headers: { 'if-match': version },
      answers: [412],
    })),
  ]
}

export function foreign(operation: Operation): Case[] {
  const body = operation.body && { body: example(operation) }
  const hosts = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '169.254.169.254',
    '[::2]',
    'a b',
    'user@evil.example',
    '0.0.0.0',
  ]
  const origins = [
    'http://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://localhost:3000.evil.example',
    'file://',
    'x',
  ]
  const changes = operation.method !== 'GET'
  return [
    ...hosts.map((host) => ({ operation, ...body, headers: { host }, answers: [403] })),
    ...(changes ? origins : []).map((origin) => ({
      operation,
      ...body,
      headers: { origin },
      answers: [403],
    })),
  ]
}

export function strangers(operation: Operation): Case[] {
  const body = operation.body && { body: example(operation) }
  const secret = serviceAuthSecret
  const shown = [
    ...[
      '',
      'Bearer',
      'Bearer ',
      'Bearer x',
      `bearer ${secret}`,
      `Basic ${secret}`,
      secret,
      `Bearer ${secret}x`,
      `Bearer  ${secret}`,
    ],
    ...[
      `Bearer ${secret.slice(0, -1)}`,
      `Bearer ${secret.toUpperCase()}`,
      `Bearer ${secret}, Bearer x`,
      `Bearer ${'x'.repeat(8000)}`,
    ],
    ...['Bearer \u00ff'.repeat(5), 'Bearer eyJhbGciOiJub25lIn0.e30.', 'Bearer undefined', 'Bearer null'],
  ]
  return shown.map((authorization) => ({ operation, ...body, headers: { authorization }, answers: [401] }))
}

function named(method: string, path: string): Operation {
  const found = operations.find((operation) => operation.method === method && operation.path === path)
  if (!found) throw new Error(`There is no ${method} ${path} any more.`)
  return found
}
