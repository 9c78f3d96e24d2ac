import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import sharp from 'sharp'
import { until } from '../../embedded/test/launched-shop.ts'
import {
  type Buying,
  placeOrdersUntil,
  repeatUntilFinal,
  type Wish,
  wantedQuantity,
} from '../support/buyers.ts'
import { photograph, pictureForm } from '../support/pictures.ts'
import { docker } from './support/docker.ts'
import { addressOf, killEverythingIn, startAtAnotherAddress, untilHealthyAgain } from './support/faults.ts'
import { containerNames, type ServiceName } from './support/project.ts'
import { bringUp, inspect, reconcile, shop } from './support/shop.ts'
import { query } from './support/state.ts'

let buying: Buying

before(async () => {
  await bringUp()
  const { body } = await shop.post('/api/products/', { name: 'Kettle', price: 30, stock_quantity: 5000 })
  buying = {
    place: (order, headers) => shop.post('/api/orders/', order, headers),
    productId: body.product_id,
    price: 30,
  }
})

const victims: ServiceName[] = ['product_service', 'order_service', 'product_db', 'order_db', 'frontend']

for (const victim of victims) {
  test(`${containerNames[victim]} killed amid orders comes back by itself, and every key is one order`, async (t) => {
    const before = await count()
    const wishes = await placeOrdersUntil({ count: 100, enough: 30 }, buying, () => killEverythingIn(victim))
    const killedAt = Date.now()
    const isBack = untilHealthyAgain(victim)
    await repeatUntilFinal(wishes, buying)
    t.diagnostic(`all orders were final ${Date.now() - killedAt} ms after the kill`)
    await isBack
    assert.equal(new Set(wishes.map(({ orderId }) => orderId)).size, wishes.length)
    await assertKept(wishes)
    const { orders, stock } = await count()
    assert.deepEqual(
      { orders, stock },
      { orders: before.orders + wishes.length, stock: before.stock - wishes.length * wantedQuantity },
    )
  })
}

test('a front whose nginx lost its master alone ends, and comes back', async () => {
  const startedAt = async () => (await inspect('frontend')).State.StartedAt
  const before = await startedAt()
  await docker(['exec', containerNames.frontend, 'sh', '-c', 'kill -9 "$(cat /tmp/front/nginx.pid)"'])
  await until(
    async () => (await startedAt()) !== before,
    15_000,
    () => 'The container goes on without a master.',
  )
  await untilHealthyAgain('frontend')
})

test('the front finds a service whose container comes back at another address', async () => {
  const old = await addressOf('product_service')
  await startAtAnotherAddress('product_service')
  assert.notEqual(await addressOf('product_service'), old)
  const wishes = [{ key: `after-the-move-${Date.now()}` }]
  await repeatUntilFinal(wishes, buying)
})

test('a picture is there after Azurite was killed right after its upload', async () => {
  const { body: product } = await shop.post('/api/products/', { name: 'Jug', price: 18, stock_quantity: 3 })
  const path = `/api/products/${product.product_id}`
  const uploaded = await shop.post(`${path}/upload-image`, pictureForm(await photograph(900, 600)))
  await killEverythingIn('azurite')
  assert.equal(uploaded.status, 200, uploaded.text)
  await untilHealthyAgain('azurite')
  const { body } = await shop.get(path)
  const image = await fetch(body.image_url, { signal: AbortSignal.timeout(10_000) })
  assert.equal(image.status, 200)
  assert.equal((await sharp(Buffer.from(await image.arrayBuffer())).metadata()).width, 900)
})

test('after all this, the two databases and the pictures agree', async () => {
  const orders = await query('order_db', 'select count(*) from orders where deleted_at is null')
  const said = await reconcile()
  assert.match(
    said,
    new RegExp(`^${orders[0]} orders, \\d+ stock movements, 0 in motion, 0 differences$`, 'm'),
  )
  assert.match(said, /^[1-9]\d* products with pictures/m)
})

async function count(): Promise<{ orders: number; stock: number }> {
  const [orders] = await query('order_db', 'select count(*) from orders')
  const { body } = await shop.get(`/api/products/${buying.productId}`)
  return { orders: Number(orders), stock: body.stock_quantity }
}

async function assertKept(wishes: Wish[]): Promise<void> {
  for (const { orderId, total } of wishes) {
    const { status, body } = await shop.get(`/api/orders/${orderId}`)
    assert.equal(status, 200, `order ${orderId} was acknowledged and is gone`)
    assert.equal(body.total_amount, total)
  }
}
