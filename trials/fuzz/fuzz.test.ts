import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { describeFinding } from './report.ts'
import { fuzz } from './run.ts'
import { type Services, startServices } from './services.ts'

let services: Services
before(async () => {
  services = await startServices(process.env)
})
after(() => services.stop())

// `npm run fuzz` draws another seed each time, and goes on for as long as it is told to.
const seed = 20_261_123

test(`2,000 requests of seed ${seed} are answered as both services promise`, {
  timeout: 100_000,
}, async () => {
  const outcome = await fuzz(services, { seed, requests: 2_000, milliseconds: 90_000, keepGoing: true })
  const faults = [...outcome.findings.map(describeFinding), ...outcome.faultsAtTheEnd]
  assert.deepEqual(faults, [], `${faults.join('\n')}\nnpm run fuzz -- --seed ${seed}`)
  assert.ok(outcome.tally.total >= 2_000, `${outcome.tally.total} requests in time`)
  for (const [operation, status] of [
    ['product POST /products', 201],
    ['product PUT /products/{product_id}', 200],
    ['product POST /products/{product_id}/upload-image', 200],
    ['product POST /products/{product_id}/stock-adjustments', 409],
    ['product PUT /internal/allocations/{order_uid}', 200],
    ['order POST /orders', 201],
    ['order POST /orders', 409],
    ['order PATCH /orders/{order_id}/status', 200],
  ] as const) {
    assert.ok(outcome.tally.count(operation, status) > 0, `${operation} was never answered ${status}`)
  }
})
