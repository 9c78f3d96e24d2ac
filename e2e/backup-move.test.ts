import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { makeBackupsFolder } from './support/backup-shop.ts'
import { runOperation } from './support/operations-process.ts'
import { photograph, pictureForm } from './support/pictures.ts'
import { makeDataDir, startShopProcess } from './support/shop-process.ts'

/** Carried along with a backup, which holds no secrets. */
const environment = { ORDER_TOKEN_SECRET: 'the secret that guests have links from' }

test('a shop that was started with npm start moves to another machine by a backup', async () => {
  const backups = makeBackupsFolder()
  const { dataDir, remove } = makeDataDir()
  const [key, variables] = [crypto.randomUUID(), { DATA_DIR: dataDir }]
  const order = { items: [{ product_id: 1, quantity: 2 }] }
  let running = await startShopProcess({ dataDir, environment })
  try {
    const product = createClient(running.urls.product)
    await product.post('/products/', { name: 'Vase', price: 1, stock_quantity: 3 })
    await product.post('/products/1/upload-image', pictureForm(await photograph(60, 40)))
    const placed = await createClient(running.urls.order).post('/orders/', order, { 'idempotency-key': key })
    const saved = await runOperation('backup', [backups.folder('b')], variables)
    assert.equal(saved.code, 0, saved.said)
    assert.match(saved.said, /^1 orders, 0 in motion, 0 differences\. The backup in .+ is complete\.$/m)
    await running.stop()
    rmSync(dataDir, { recursive: true })

    running = await startShopProcess({ dataDir, environment })
    const restored = await runOperation('restore', [backups.folder('b')], variables)
    assert.equal(restored.code, 0, restored.said)
    assert.match(restored.said, /^2 blobs of the backup are stored, 2 of them uploaded now; 0 others/m)
    assert.match(restored.said, /^1 orders, 2 stock movements, 0 in motion, 0 differences$/m)
    const again = await createClient(running.urls.order).post('/orders/', order, { 'idempotency-key': key })
    assert.deepEqual([again.status, again.text], [201, placed.text])
    const { image_url } = (await createClient(running.urls.product).get('/products/1')).body
    const shown = await fetch(image_url)
    assert.deepEqual([shown.status, shown.headers.get('content-type')], [200, 'image/webp'])
  } finally {
    await running.stop()
    remove()
    backups.remove()
  }
})
