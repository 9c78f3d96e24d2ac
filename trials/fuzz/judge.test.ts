import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '@tallyshop/service-kit/test-support/http'
import { readOperations } from './contracts.ts'
import { createJudge } from './judge.ts'
import type { PlannedRequest } from './planned-request.ts'

const operations = readOperations()

function request(name: string, changes: Partial<PlannedRequest> = {}): PlannedRequest {
  const operation = operations.find((one) => one.name === name)
  assert.ok(operation, name)
  const { service, method, path } = operation
  return { service, operation, method, path, headers: {}, verdict: 'valid', about: '', ...changes }
}

function answer(status: number, body?: unknown, headers = {}): Answer {
  const text = body === undefined ? '' : JSON.stringify(body)
  const usual = { 'x-request-id': 'r1', 'content-type': 'application/json; charset=utf-8' }
  return { status, body, text, headers: { ...usual, ...headers } }
}

const product = {
  product_id: 1,
  name: 'Vase',
  description: null,
  price: 19.99,
  stock_quantity: 5,
  image_url: null,
  thumbnail_url: null,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: null,
}
const item = {
  ...{
    order_item_id: 1,
    order_id: 1,
    product_id: 1,
    product_name: 'Vase',
    quantity: 3,
    price_at_purchase: 0.1,
  },
  ...{ item_total: 0.3, created_at: product.created_at, updated_at: null },
}
const order = {
  ...{ order_id: 1, user_id: null, status: 'pending', order_date: product.created_at, total_amount: 0.3 },
  ...{
    shipping_address: null,
    items: [item],
    created_at: product.created_at,
    updated_at: null,
    order_token: 't',
  },
}
const problem = { detail: 'No.', code: 'no', request_id: 'r1' }
const fault = { ...problem, detail: [{ type: 'missing', loc: ['body', 'name'], msg: 'Field required' }] }
const create = 'product POST /products'
const place = 'order POST /orders'
const move = 'order PATCH /orders/{order_id}/status'

test('what is as documented is no finding', () => {
  const judge = createJudge()
  for (const [asked, said] of [
    [request(create), answer(201, product)],
    [request(create, { verdict: 'invalid' }), answer(422, fault)],
    [request(place), answer(201, order)],
    [request(place), answer(409, { ...problem, code: 'out_of_stock', lines: [] })],
    [request(move), answer(409, { ...problem, from: 'delivered', to: 'pending' })],
    [request('product DELETE /products/{product_id}'), answer(204)],
    [request('product GET /products', { method: 'HEAD' }), answer(200)],
    [request('product GET /products', { path: '/products/%zz', verdict: 'either' }), answer(400, problem)],
    [request(create, { only: [403] }), answer(403, problem)],
    [request(create, { operation: undefined as never }), answer(405, problem)],
  ] as const) {
    assert.deepEqual(judge(asked, said), [], `${asked.method} ${asked.path} ${said.status}`)
  }
})

for (const [what, asked, said, words] of [
  ['a 500', request(create), answer(500, problem), /^500 while all neighbours are up/],
  ['a 503', request(create), answer(503, problem), /^503 while all neighbours are up/],
  ['a status that is not documented', request(create), answer(200, product), /^200 is not documented/],
  [
    'a field that is not documented',
    request(create),
    answer(201, { ...product, version: 1 }),
    /properties: version/,
  ],
  [
    'such a field of an order',
    request(place),
    answer(201, { ...order, order_uid: 'x' }),
    /properties: order_uid/,
  ],
  [
    'such a fact of a refusal',
    request(place),
    answer(409, { ...problem, code: 'abandoned', lines: [] }),
    /anyOf/,
  ],
  [
    'a field that is missing',
    request(create),
    answer(201, { ...product, price: undefined }),
    /required property/,
  ],
  ['a price of three decimals', request(create), answer(201, { ...product, price: 1.001 }), /x-decimals/],
  [
    'a sum of floats',
    request(place),
    answer(201, { ...order, total_amount: 0.1 + 0.2 }),
    /total_amount .*x-decimals/,
  ],
  [
    'a total that is none',
    request(place),
    answer(201, { ...order, total_amount: 0.31 }),
    /^The total is 0.31/,
  ],
  [
    'a time that is none',
    request(create),
    answer(201, { ...product, created_at: 'today' }),
    /created_at .*format/,
  ],
  ['a valid request refused', request(create), answer(422, fault), /^422 for a request that is valid/],
  [
    'another accepted',
    request(create, { verdict: 'invalid' }),
    answer(201, product),
    /^201 for a request that is not/,
  ],
  ['a guard left open', request(create, { only: [403] }), answer(201, product), /^201 and not 403/],
  [
    'an address that is none',
    request(create, { operation: undefined as never }),
    answer(200, []),
    /that is none/,
  ],
  [
    'a fault without a place',
    request(create, { verdict: 'invalid' }),
    answer(422, { ...fault, detail: [{}] }),
    /loc/,
  ],
  [
    'no request id',
    request(create),
    answer(201, product, { 'x-request-id': undefined }),
    /^X-Request-Id is undefined/,
  ],
  ['another request id', request(create), answer(422, { ...fault, request_id: 'r2' }), /^request_id is r2/],
  [
    'a request id not taken over',
    request(create, { headers: { 'x-request-id': 'a' } }),
    answer(201, product),
    /sent/,
  ],
  [
    'another content type',
    request(create),
    answer(201, product, { 'content-type': 'text/html' }),
    /content type/,
  ],
  ['a 204 with a body', request('product DELETE /products/{product_id}'), answer(204, {}), /204 with a body/],
] as const) {
  test(`${what} is a finding`, () => {
    const faults = createJudge()(asked, said)
    assert.ok(
      faults.some((one) => words.test(one)),
      `${faults.join('; ') || 'nothing was found'}`,
    )
  })
}

test('an order that is told something else under its key is a finding', () => {
  const judge = createJudge()
  const asked = request(place, { headers: { 'idempotency-key': 'k' }, body: '{}' })
  assert.deepEqual(judge(asked, answer(201, order)), [])
  assert.deepEqual(judge(asked, answer(201, order)), [])
  assert.deepEqual(judge(asked, answer(201, { ...order, order_id: 2 })), [
    'The same order under the same key was told something else before.',
  ])
})
