import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { type BothServices, startBothServices } from './support/both-services.ts'
import { newVisitor, openBrowser } from './support/browser.ts'

let services: BothServices
let browser: Browser

before(async () => {
  browser = await openBrowser()
  services = await startBothServices()
})

after(async () => {
  await browser?.close()
  await services?.stop()
})

/** Opens an operation of a service's Swagger UI, lets `fill` change what is sent, executes it, and returns the status. */
async function execute(
  page: Page,
  url: string,
  summary: string,
  fill: (operation: ReturnType<Page['locator']>) => Promise<void>,
) {
  await page.goto(`${url}/docs`)
  const operation = page.locator('.opblock', { hasText: summary })
  await operation.locator('.opblock-summary-control').click()
  await operation.getByRole('button', { name: 'Try it out' }).click()
  await fill(operation)
  await operation.getByRole('button', { name: 'Execute', exact: true }).click()
  return operation.locator('.live-responses-table .response .response-col_status').first().innerText()
}

const json = (body: object) => (operation: ReturnType<Page['locator']>) =>
  operation.locator('textarea.body-param__text').fill(JSON.stringify(body))

test('Swagger UI of both services places real calls', async () => {
  const { page, faults, context } = await newVisitor(browser)
  const product = { name: 'Vase', price: 19.99, stock_quantity: 3 }
  assert.match(await execute(page, services.product.url, 'Create a product', json(product)), /^201/)
  const order = { items: [{ product_id: 1, quantity: 2 }] }
  assert.match(await execute(page, services.order.url, 'Place an order', json(order)), /^201/)
  const cancel = async (operation: ReturnType<Page['locator']>) => {
    await operation.getByPlaceholder('order_id').fill('1')
    await operation.locator('select').first().selectOption('cancelled')
  }
  assert.match(await execute(page, services.order.url, 'Move an order along, or cancel it', cancel), /^200/)
  assert.equal((await services.product.get('/products/1')).body.stock_quantity, 3)
  assert.deepEqual(faults, [])
  await context.close()
})

test('Swagger UI offers every route but the internal ones', async () => {
  const { page, context } = await newVisitor(browser)
  for (const { url } of [services.product, services.order]) {
    const { paths } = await (await fetch(`${url}/openapi.json`)).json()
    await page.goto(`${url}/docs`)
    await page.locator('.opblock').first().waitFor()
    const operations = Object.values<object>(paths).flatMap((methods) => Object.keys(methods))
    assert.equal(await page.locator('.opblock').count(), operations.length)
    assert.ok(Object.keys(paths).every((path) => !path.startsWith('/internal')))
  }
  await context.close()
})
