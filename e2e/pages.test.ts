import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import type { Browser } from 'playwright-core'
import { newVisitor, openBrowser } from './support/browser.ts'
import { photograph, pictureForm } from './support/pictures.ts'
import { makeDataDir, type ShopProcess, startShopProcess } from './support/shop-process.ts'

const { dataDir, remove } = makeDataDir()
let shop: ShopProcess
let browser: Browser

before(async () => {
  browser = await openBrowser()
  shop = await startShopProcess({ dataDir })
  const products = createClient(shop.urls.product)
  const markup = {
    name: '<img src=x onerror=alert(1)>',
    description: '<b>bold</b>',
    price: 5,
    stock_quantity: 0,
  }
  await products.post('/products/', {
    name: 'Bowl',
    price: 12.5,
    stock_quantity: 40,
    description: 'Ash glaze.',
  })
  await products.post('/products/', { name: 'Cup', price: 8, stock_quantity: 2 })
  await products.post('/products/', markup)
  await products.post('/products/1/upload-image', pictureForm(await photograph()))
  const items = [{ product_id: 1, quantity: 3 }]
  await createClient(shop.urls.order).post('/orders/', { items, shipping_address: 'Ada\nLondon' })
})

after(async () => {
  await browser?.close()
  await shop?.stop()
  remove()
})

const addresses = [
  '/',
  '/?search=nothing-like-it',
  '/products/1',
  '/products/3',
  '/products/999',
  '/cart',
  '/checkout',
  '/orders/1',
  '/orders/999',
  '/staff/products',
  '/staff/products/new',
  '/staff/products/1',
  '/staff/orders',
  '/staff/orders/1',
  '/no/such/page',
]

for (const viewport of [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
]) {
  test(`every page at ${viewport.width} px is accessible, does not scroll sideways, and breaks no rule`, async () => {
    const { context, page, faults } = await newVisitor(browser, viewport)
    await page.goto(shop.urls.shop)
    await page
      .getByRole('button', { name: /Add .*to cart|Add to cart/ })
      .first()
      .click()
    for (const address of addresses) {
      await page.goto(`${shop.urls.shop}${address}`, { waitUntil: 'networkidle' })
      const { violations } = await new AxeBuilder({ page }).analyze()
      assert.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
        [],
        address,
      )
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      assert.ok(overflow <= 0, `${address} is ${overflow} px too wide`)
      assert.notEqual(await page.title(), '', address)
    }
    // What is not there is asked for and answered 404, which the console reports; nothing else may be reported.
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('status of 404')),
      [],
    )
    await context.close()
  })
}

test('pictures are shown by whatever name of this machine the shop is opened', async () => {
  const { context, page, faults } = await newVisitor(browser)
  await page.goto(shop.urls.shop.replace('localhost', '127.0.0.1'))
  await page.waitForFunction(() =>
    [...document.images].some(({ src, naturalWidth }) => src.includes('/blobs/') && naturalWidth > 0),
  )
  assert.deepEqual(faults, [])
  await context.close()
})

test('names, descriptions, addresses and searches are text, whatever they look like', async () => {
  const { context, page, faults } = await newVisitor(browser)
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const { status, body } = await createClient(shop.urls.order).post('/orders/', {
    items: [{ product_id: 1, quantity: 1 }],
    shipping_address: '<script>alert(2)</script>\n<img src=x onerror=alert(3)>',
  })
  assert.equal(status, 201)
  const search = encodeURIComponent('<svg onload=alert(4)>')
  for (const [address, text] of [
    ['/products/3', '<b>bold</b>'],
    ['/products/3', '<img src=x onerror=alert(1)>'],
    ['/staff/products', '<img src=x onerror=alert(1)>'],
    [`/staff/orders/${body.order_id}`, '<script>alert(2)</script>'],
    [`/?search=${search}`, '<svg onload=alert(4)>'],
  ] as const) {
    await page.goto(`${shop.urls.shop}${address}`, { waitUntil: 'networkidle' })
    await page.getByText(text).first().waitFor()
    assert.equal(await page.locator('img[src="x"], main b, main script, svg[onload]').count(), 0, address)
  }
  assert.deepEqual([dialogs, faults], [[], []])
  await context.close()
})

test('a buyer can order by keyboard alone', async () => {
  const { context, page } = await newVisitor(browser)
  await page.goto(`${shop.urls.shop}/products/1`, { waitUntil: 'networkidle' })
  const reach = async (name: RegExp) => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press('Tab')
      const label = await page.evaluate(() => {
        const at = document.activeElement
        const label = at?.getAttribute('aria-label') ?? (at as HTMLInputElement)?.labels?.[0]?.textContent
        return label || (at?.textContent ?? '')
      })
      if (name.test(label)) return
    }
    assert.fail(`${name} was not reached in 60 steps`)
  }
  await reach(/^Add to cart/)
  await page.keyboard.press('Enter')
  await page.goto(`${shop.urls.shop}/checkout`, { waitUntil: 'networkidle' })
  for (const [label, text] of [
    [/Full name/, 'Ada'],
    [/Street/, 'Square 1'],
    [/Postal/, '12345'],
    [/City/, 'London'],
  ] as const) {
    await reach(label)
    await page.keyboard.type(text)
  }
  await reach(/Place order/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /^Order \d+$/ }).waitFor()
  await context.close()
})
