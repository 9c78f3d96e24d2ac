import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { addProduct, readProduct, teapot } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

let service: ScratchService
let id: number
before(async () => {
  service = await startScratchService()
  id = (await addProduct(service.shop)).product_id
})
after(() => service.stop())

type Fault = { type: string; loc: (string | number)[]; msg: string; input?: unknown }

const faultsOf = async (body: unknown): Promise<Fault[]> => {
  const raw = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await service.shop.post('/products/', raw)
  assert.deepEqual([answer.status, answer.body.code], [422, 'invalid_request'], raw)
  return answer.body.detail
}
const shortest = (faults: Fault[]) => faults.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).sort()

describe('a product that is refused', () => {
  test('hears of all its faults together, in Pydantic words', async () => {
    const body = {
      name: '',
      description: 'x'.repeat(2001),
      price: 0,
      image_url: 'ftp://x',
      stock_quantity: -1,
    }
    assert.deepEqual(shortest(await faultsOf(body)), [
      'body.description: String should have at most 2000 characters',
      'body.image_url: Input should be a valid http(s) URL',
      'body.name: String should have at least 1 character',
      'body.price: Input should be greater than 0',
      'body.stock_quantity: Input should be greater than or equal to 0',
    ])
    assert.deepEqual(shortest(await faultsOf({})), [
      'body.name: Field required',
      'body.price: Field required',
      'body.stock_quantity: Field required',
    ])
  })

  test('sees what it sent where that is a short scalar, and else not', async () => {
    const faults = await faultsOf({ name: 'x'.repeat(256), price: -1.5, stock_quantity: [1] })
    const inputs = faults.map((fault) => ('input' in fault ? fault.input : 'nothing'))
    assert.deepEqual(inputs, ['nothing', -1.5, 'nothing'])
    assert.deepEqual(await faultsOf({ ...teapot, price: 0 }), [
      { type: 'greater_than', loc: ['body', 'price'], msg: 'Input should be greater than 0', input: 0 },
    ])
  })

  test('is not read as numbers what are none', async () => {
    for (const value of ['5', true, null, [5], {}, '', 'NaN', 'Infinity']) {
      const faults = await faultsOf({ ...teapot, price: value, stock_quantity: value })
      assert.deepEqual(shortest(faults), [
        'body.price: Input should be a valid number',
        'body.stock_quantity: Input should be a valid integer',
      ])
    }
    for (const value of [5, true, null, ['a'], {}]) {
      assert.deepEqual(shortest(await faultsOf({ ...teapot, name: value })), [
        'body.name: Input should be a valid string',
      ])
    }
  })

  test('has a price with more than two decimals, or out of range', async () => {
    const two = 'Decimal input should have no more than 2 decimal places'
    for (const [price, msg] of [
      ['0.001', two],
      ['19.999', two],
      ['1e-7', two],
      ['100000000', 'Input should be less than or equal to 99999999.99'],
      ['1e300', 'Input should be less than or equal to 99999999.99'],
      ['1e400', 'Input should be a finite number'],
      ['-0', 'Input should be greater than 0'],
    ]) {
      const faults = await faultsOf(`{"name":"x","stock_quantity":1,"price":${price}}`)
      assert.deepEqual(shortest(faults), [`body.price: ${msg}`])
    }
  })

  test('has a stock that is no whole number in range', async () => {
    for (const [stock, msg] of [
      ['1.5', 'Input should be a valid integer, got a number with a fractional part'],
      ['1000000001', 'Input should be less than or equal to 1000000000'],
      ['9223372036854775808', 'Input should be less than or equal to 1000000000'],
      ['1e400', 'Input should be a finite number'],
    ]) {
      const faults = await faultsOf(`{"name":"x","price":1,"stock_quantity":${stock}}`)
      assert.deepEqual(shortest(faults), [`body.stock_quantity: ${msg}`])
    }
  })

  test('has letters that would be stored or shown wrongly', async () => {
    const bad = [
      '\u0000',
      '\u0007',
      '\u001b[31m',
      '\u0085',
      '\u202e',
      '\u2066',
      '\u200f',
      '\ud800',
      '\udc00x',
    ]
    for (const letter of bad) {
      const faults = await faultsOf({ ...teapot, name: `a${letter}b`, description: `a${letter}b` })
      assert.deepEqual(shortest(faults), [
        'body.description: String should not contain control characters',
        'body.name: String should not contain control characters',
      ])
    }
    assert.equal((await faultsOf({ ...teapot, name: 'two\nlines' })).length, 1)
  })

  test('has a picture address that no page could show', async () => {
    const long = `https://x.example/${'a'.repeat(2048)}`
    for (const image_url of [
      '',
      'x',
      '/a.png',
      '//x/a.png',
      'javascript:alert(1)',
      'data:,x',
      'https://',
      long,
    ]) {
      assert.deepEqual(
        (await faultsOf({ ...teapot, image_url })).map(({ loc }) => loc.join('.')),
        ['body.image_url'],
      )
    }
  })
})

describe('a body that is refused', () => {
  test('is no object', async () => {
    const no = 'Input should be a valid dictionary or object to extract fields from'
    for (const body of ['[]', '"x"', '5', 'true'])
      assert.deepEqual(shortest(await faultsOf(body)), [`body: ${no}`])
    for (const body of ['null', ''])
      assert.deepEqual(shortest(await faultsOf(body)), ['body: Field required'])
  })

  test('is no JSON, or reaches for the prototype', async () => {
    const good = '"name":"x","price":1,"stock_quantity":1'
    const bad = ['{', 'name=x', '{"name":NaN}', `{${good},"__proto__":{"polluted":1}}`]
    for (const body of [...bad, `{${good},"constructor":{"prototype":{"polluted":1}}}`]) {
      assert.deepEqual(shortest(await faultsOf(body)), ['body: JSON decode error'])
    }
    assert.equal(({} as { polluted?: number }).polluted, undefined)
  })

  test('nests thirty thousand deep', async () => {
    const deep = '['.repeat(30_000) + ']'.repeat(30_000)
    const fault = 'body.name: Input should be a valid string'
    assert.deepEqual(shortest(await faultsOf(`{"name":${deep},"price":1,"stock_quantity":1}`)), [fault])
  })

  test('is larger than 64 KB', async () => {
    const answer = await service.shop.post('/products/', { ...teapot, extra: 'x'.repeat(65_536) })
    assert.deepEqual([answer.status, answer.body.code], [413, 'body_too_large'])
  })

  test('is not called JSON', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'x',
      undefined,
    ]
    for (const type of types) {
      const answer = await service.shop.post('/products/', JSON.stringify(teapot), { 'content-type': type })
      assert.deepEqual([answer.status, answer.body.code], [415, 'unsupported_media_type'], type)
    }
    const charset = { 'content-type': 'application/json; charset=utf-8' }
    assert.equal((await service.shop.post('/products/', JSON.stringify(teapot), charset)).status, 201)
  })
})

test('a query that cannot be is refused with the parameter that is wrong', async () => {
  for (const [query, name] of [
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1000000000', 'limit'],
    ['limit=', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=5&limit=5', 'limit'],
    ['skip=-1', 'skip'],
    ['skip=99999999999999999999', 'skip'],
    ['after=0', 'after'],
    ['after=2147483648', 'after'],
    ['search=a&search=b', 'search'],
    [`search=${'x'.repeat(256)}`, 'search'],
    ['search=a%00b', 'search'],
    ['search=%E2%80%AE', 'search'],
  ]) {
    const { status, body } = await service.shop.get(`/products?${query}`)
    assert.deepEqual([status, body.detail?.[0].loc], [422, ['query', name]], query)
  }
  const both = (await service.shop.get('/products?limit=0&skip=-1')).body.detail
  assert.equal(both.length, 2)
  assert.equal((await service.shop.get('/products?unknown=1&unknown=2&__proto__=3')).status, 200)
})

test('a refused edit changes nothing and the next good one works', async () => {
  const before = await readProduct(service.shop, id)
  for (const body of [{ price: -1, name: 'New' }, { name: 'New', stock_quantity: 1.5 }, [], 'x']) {
    assert.equal((await service.shop.put(`/products/${id}`, body)).status, 422)
  }
  assert.deepEqual(await readProduct(service.shop, id), before)
  assert.equal((await service.shop.put(`/products/${id}`, { name: 'New' })).body.name, 'New')
})

test('nothing refused is an error of ours', () => {
  const errors = service.logLines.filter((line) => JSON.parse(line).level >= 50)
  assert.deepEqual(errors, [])
})
