import assert from 'node:assert/strict'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '@tallyshop/service-kit/migrations'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import { captureLog } from '@tallyshop/service-kit/test-support/log-lines'
import { startProductService } from '../src/service.ts'
import { addProduct } from './products.ts'
import { type ScratchService, startScratchService } from './scratch-service.ts'

const added = '9999-of-a-newer-version.sql'
let service: ScratchService
let folder: string
before(async () => {
  service = await startScratchService()
  folder = await mkdtemp(join(tmpdir(), 'newer-'))
  await cp(new URL('../migrations', import.meta.url), folder, { recursive: true })
  await writeFile(
    join(folder, added),
    `alter table products add column weight_g integer not null default 0;
     create index on products (weight_g);
     select pg_sleep(0.5)`,
  )
})
after(async () => {
  await service.stop()
  await rm(folder, { recursive: true })
})

test('while a newer version changes the schema, this one keeps serving', async () => {
  const { product_id } = await addProduct(service.shop)
  let done = false
  const migrated = migrate(service.config.postgres, folder, captureLog().log).finally(() => {
    done = true
  })
  const answers: number[] = []
  for (let turn = 0; !done || turn < 20; turn++) {
    const edited = await service.shop.put(`/products/${product_id}`, { name: `Cup ${turn}` })
    answers.push(edited.status, (await service.shop.get('/readyz')).status)
    await sleep(20)
  }
  await migrated
  assert.deepEqual([...new Set(answers)], [200])
  assert.equal((await service.sql`select weight_g from products`).length, 1)
})

test('after a newer version was taken back, this one starts on its schema, and warns', async () => {
  const { log, lines } = captureLog()
  const again = await startProductService(service.config, log)
  const shop = createClient(again.url)
  assert.equal((await shop.get('/readyz')).status, 200)
  await addProduct(shop)
  await again.stop()
  const warnings = lines.map((line) => JSON.parse(line)).filter(({ migrations }) => migrations)
  assert.deepEqual(
    warnings.map(({ level, migrations }) => [level, migrations]),
    [[40, [added]]],
  )
})
