import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import type { Browser, Page } from 'playwright-core'
import { newVisitor, openBrowser, type Visitor } from './browser.ts'
import { photograph } from './pictures.ts'

export type JourneyShop = {
  urls: () => { shop: string; product: string }
  /** Stops it as its people do, and starts it again on the same data. */
  restart: () => Promise<void>
  end: () => Promise<void>
}

/** A walk of staff and a buyer through a running shop, in a real browser: the tests of the file that calls this. */
export function testJourney(startShop: () => Promise<JourneyShop>): void {
  let shop: JourneyShop
  let browser: Browser
  let visitor: Visitor
  let page: Page
  let order = ''

  before(async () => {
    browser = await openBrowser()
    shop = await startShop()
    visitor = await newVisitor(browser)
    page = visitor.page
  })

  after(async () => {
    await browser?.close()
    await shop?.end()
  })

  const open = (path: string) => page.goto(`${shop.urls().shop}${path}`)
  const button = (name: string | RegExp) => page.getByRole('button', { name })
  const link = (name: string | RegExp) => page.getByRole('link', { name })
  const seen = (text: string | RegExp) => page.getByText(text).first().waitFor()

  /** Waits for a picture from the blob store to have its pixels; a preview of what is still going up is none. */
  const pictureIsShown = () =>
    page.waitForFunction(() =>
      [...document.images].some(
        ({ src, complete, naturalWidth }) => src.includes('/blobs/') && complete && naturalWidth > 0,
      ),
    )

  test('staff creates a product with a photograph', async () => {
    await open('/')
    await seen(/everyone is staff/)
    await open('/staff/products/new')
    await page.getByLabel('Name').fill('Tall vase')
    await page.getByLabel('Price').fill('39.90')
    await page.getByLabel('Stock', { exact: true }).fill('5')
    await page.getByLabel('Description (optional)').fill('Hand-thrown.\nNo two alike.')
    await page.getByLabel('Picture file').setInputFiles({
      name: '../../vase <1>.jpg',
      mimeType: 'image/jpeg',
      buffer: await photograph(),
    })
    await button('Save product').click()
    await seen('Tall vase is on the shelf.')
    await pictureIsShown()
  })

  test('a buyer finds it, puts it into the cart, and the cart survives a reload', async () => {
    await open('/?search=vase')
    await pictureIsShown()
    await link(/Tall vase/).click()
    await page.getByRole('heading', { name: 'Tall vase' }).waitFor()
    await seen('No two alike.')
    await button('One more Tall vase').click()
    await button('Add to cart').click()
    await page.reload()
    await button('Cart, 2 items').click()
    await link('View cart').click()
    await seen('$79.80')
  })

  test('the order is placed at the price that was shown, and its stock is taken', async () => {
    await link('Checkout').click()
    await page.getByLabel('Full name').fill('Ada Byron')
    await page.getByLabel('Street and number').fill('12 St James’s Square')
    await page.getByLabel('Postal code').fill('SW1Y 4JH')
    await page.getByLabel('City').fill('London')
    await button('Place order').click()
    order = await page.getByRole('heading', { name: /^Order \d+$/ }).innerText()
    await seen('Thank you.')
    await seen('$79.80')
    await seen(/Ada Byron/)
    await button('Cart, empty').waitFor()
    await link(/^Shop$/).click()
    await seen('Only 3 left')
  })

  test('staff moves the order along', async () => {
    await open('/staff/orders')
    await link(new RegExp(`${order}\\b`)).click()
    await button('Start processing').click()
    await button('Start processing').waitFor({ state: 'detached' })
    await button('Mark as shipped').waitFor()
  })

  test('after a stop and a start the product, its picture, the order and its state are there', async () => {
    await shop.restart()
    await open('/')
    await seen('Tall vase')
    await pictureIsShown()
    await open('/staff/orders?status=processing')
    await link(new RegExp(`${order}\\b`)).click()
    await button('Mark as shipped').waitFor()
  })

  test('a cancelled order puts its goods back on the shelf, and the ledger tells the whole story', async () => {
    await button('Cancel order').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel order' }).click()
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    await open('/staff/products')
    await button(/Stock of Tall vase: 5/).waitFor()
    await link('Tall vase').first().click()
    await page.getByLabel('Change').fill('-1')
    await page.getByLabel('Reason').fill('Broken in the window')
    await button('Adjust stock').click()
    await seen('Broken in the window')
    const [, productId] = /\/staff\/products\/(\d+)/.exec(page.url()) ?? []
    const products = createClient(shop.urls().product)
    const { body } = await products.get(`/products/${productId}/stock-movements`)
    const deltas = body.map(({ delta }: { delta: number }) => delta)
    assert.deepEqual(deltas, [-1, 2, -2, 5])
  })

  test('a deleted product leaves the shop after a confirmation', async () => {
    await button('Delete product').click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete product' }).click()
    await seen('Tall vase is deleted.')
    await open('/')
    await page.getByText('Tall vase').waitFor({ state: 'detached' })
  })

  test('nobody saw an error on the way', () => {
    assert.deepEqual(visitor.faults, [])
  })
}
