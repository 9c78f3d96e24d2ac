import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { line, openSuite } from './order-suite.ts'

const suite = await openSuite()
after(suite.close)
const { client, db, fake } = suite
const [product, second] = [fake.addProduct(), fake.addProduct()]

/** Newest first. */
const ids: number[] = []
let [newest, next] = [0, 0]

before(async () => {
  const none = await client.get('/orders')
  assert.deepEqual([none.status, none.body, none.headers.link], [200, [], undefined])
  for (let index = 0; index < 7; index += 1) {
    const items = [line(second), line(product, index + 1)]
    const { body } = await client.post('/orders/', { user_id: (index % 2) + 1, items })
    ids.unshift(body.order_id)
  }
  ;[newest = 0, next = 0] = ids
  for (const id of [newest, next]) await client.patch(`/orders/${id}/status?new_status=shipped`)
})

const list = async (query: string) => {
  const { status, body, headers } = await client.get(`/orders/${query}`)
  assert.equal(status, 200, query)
  return {
    ids: body.map(({ order_id }: { order_id: number }) => order_id),
    link: headers.link as string | undefined,
  }
}

test('orders are listed newest first, each as it is read alone, and not to be cached', async () => {
  const { body, headers } = await client.get('/orders/')
  assert.deepEqual(
    body.map(({ order_id }: { order_id: number }) => order_id),
    ids,
  )
  assert.equal(headers['cache-control'], 'no-store')
  for (const order of body) assert.deepEqual((await client.get(`/orders/${order.order_id}`)).body, order)
})

test('what an order says of itself has no token and nothing internal', async () => {
  const { body, headers } = await client.get(`/orders/${newest}`)
  assert.deepEqual(Object.keys(body).sort(), [
    'created_at',
    'items',
    'order_date',
    'order_id',
    'shipping_address',
    'status',
    'total_amount',
    'updated_at',
    'user_id',
  ])
  assert.equal(headers['cache-control'], 'no-store')
})

test('items are an array in the order of the buyer’s lines', async () => {
  const { status, body, headers } = await client.get(`/orders/${newest}/items/`)
  assert.equal(status, 200)
  assert.deepEqual(
    body.map(({ product_id, quantity }: Record<string, number>) => [product_id, quantity]),
    [
      [second, 1],
      [product, 7],
    ],
  )
  assert.equal(headers['cache-control'], 'no-store')
})

test('pages by skip and limit, and by following the links, show every order once', async () => {
  assert.deepEqual((await list('?skip=2&limit=3')).ids, ids.slice(2, 5))
  assert.deepEqual((await list('?skip=7')).ids, [])
  assert.deepEqual((await list(`?after=${ids[2]}&limit=2`)).ids, ids.slice(3, 5))
  const seen: number[] = []
  let query: string | undefined = '?limit=3'
  for (let page = 0; query !== undefined && page < 5; page += 1) {
    const { ids: found, link } = await list(query)
    seen.push(...found)
    query = link && /^<(\?[^>]+)>; rel="next"$/.exec(link)?.[1]
  }
  assert.deepEqual(seen, ids)
})

test('a link is given while there is more, keeps the filters, and is not fooled by an exact page', async () => {
  const { link } = await list('?limit=1&status=shipped&user_id=1')
  assert.equal(link, undefined)
  const { link: more } = await list('?limit=2&status=pending')
  assert.match(more ?? '', /limit=2&.*status=pending|status=pending&.*limit=2/)
  assert.equal((await list('?limit=7')).link, undefined)
})

test('orders are found by customer, by status, and by what identifies them', async () => {
  assert.deepEqual((await list('?status=shipped')).ids, [newest, next])
  assert.deepEqual(
    (await list('?user_id=2')).ids,
    ids.filter((_, index) => index % 2 === 1),
  )
  assert.deepEqual((await list('?status=shipped&user_id=2')).ids, [next])
  assert.deepEqual((await list('?user_id=3')).ids, [])
  const [order] = await db.sql`select order_uid from orders where order_id = ${next}`
  assert.deepEqual((await list(`?order_uid=${order?.orderUid}`)).ids, [next])
  assert.deepEqual((await list(`?order_uid=${randomUUID()}`)).ids, [])
})

for (const query of [
  'limit=0',
  'limit=101',
  'limit=1e9',
  'limit=ten',
  'limit=',
  'skip=-1',
  'skip=1.5',
  'skip=2147483648',
  'after=0',
  'user_id=0',
  'user_id=abc',
  'user_id=2147483648',
  'status=lost',
  'order_uid=1',
  'limit=1&limit=2',
  'status=pending&status=shipped',
]) {
  test(`a list by ${query} is 422`, async () => {
    const { status, body } = await client.get(`/orders/?${query}`)
    assert.equal(status, 422)
    assert.deepEqual(body.detail[0].loc, ['query', query.split('=')[0]])
  })
}

test('a wrong method is 405 with those that are allowed', async () => {
  const { status, headers } = await client.put('/orders/', {})
  assert.equal(status, 405)
  assert.match(headers.allow ?? '', /GET.*POST|POST.*GET/)
})
