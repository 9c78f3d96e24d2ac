import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { createClient } from '@tallyshop/service-kit/test-support/http'
import type { Browser, Page, Route } from 'playwright-core'
import { newVisitor, openBrowser, type Visitor } from './support/browser.ts'
import { makeDataDir, type ShopProcess, startShopProcess } from './support/shop-process.ts'

const { dataDir, remove } = makeDataDir()
let shop: ShopProcess
let browser: Browser
let visitor: Visitor
let page: Page

before(async () => {
  browser = await openBrowser()
  shop = await startShopProcess({ dataDir })
  visitor = await newVisitor(browser)
  page = visitor.page
})

after(async () => {
  await browser?.close()
  await shop?.killEverything()
  remove()
})

const widths = [390, 1440]
const listNames = async (): Promise<string[]> =>
  (await createClient(shop.urls.product).get('/products/')).body.map(({ name }: { name: string }) => name)

/** Whether what is shown is accessible and fits, on a small screen and on a wide one. */
async function assertFine(state: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    const { violations } = await new AxeBuilder({ page }).analyze()
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
    assert.deepEqual(found, [], `${state} at ${width} px`)
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.ok(tooWide <= 0, `${state} is ${tooWide} px too wide at ${width} px`)
  }
}

const offer = (on: Page) => on.getByRole('button', { name: 'Add 24 sample products' })
const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
let secondTab: Page
let letSecondTabGo = () => {}
const secondTabMayGo = new Promise<void>((resolve) => {
  letSecondTabGo = resolve
})

test('an empty shop leads its staff to the samples', async () => {
  await page.goto(shop.urls.shop)
  await page.getByRole('link', { name: 'Start with samples' }).click()
  await offer(page).waitFor()
  await assertFine('the empty list')

  secondTab = await visitor.context.newPage()
  await secondTab.route('**/samples/products.json', async (route) => {
    await secondTabMayGo
    await route.continue()
  })
  await secondTab.goto(`${shop.urls.shop}/staff/products`)
  await offer(secondTab).waitFor()
})

test('by keyboard they are added one by one, and one sees and hears how far it is', async () => {
  await page.route('**/upload-image', failFromTheFourth)
  await offer(page).focus()
  await page.keyboard.press('Enter')
  const progress = page.getByRole('progressbar', { name: 'Adding sample products' })
  await progress.and(page.locator('[aria-valuenow="2"]')).waitFor()
  assert.equal(await progress.getAttribute('aria-valuemax'), '24')
  assert.equal(await focused(), 'Sample products')
  await assertFine('the progress')
  await offer(secondTab).click()
})

test('a failure on the way is told in words and keeps what is there', async () => {
  letThirdGo()
  await page.getByRole('alert').waitFor({ timeout: 30_000 })
  assert.match(
    await page.getByRole('alert').innerText(),
    /3 of 24 are there\. The picture store cannot be reached\./,
  )
  assert.equal(await focused(), 'Sample products')
  await page.getByRole('link', { name: 'Enamel mug', exact: true }).waitFor()
  await assertFine('the failure')
  assert.equal((await listNames()).length, 4)
  await page.unroute('**/upload-image')
})

test('going on in two tabs at the same time adds what is missing, nothing twice, and leaves what is not ours', async () => {
  const ours = { name: 'Umbrella', price: 5, stock_quantity: 7 }
  await createClient(shop.urls.product).post('/products/', ours)
  letSecondTabGo()
  await page.getByRole('button', { name: 'Add the others' }).click()
  for (const tab of [secondTab, page]) {
    await tab.getByText('24 sample products are on the shelves.').waitFor({ timeout: 40_000 })
  }
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main')
  const names = await listNames()
  assert.equal(names.length, 24)
  assert.equal(new Set(names).size, 24)
  await secondTab.close()
})

test('the shop shows the samples with their pictures', async () => {
  await page.goto(shop.urls.shop)
  await page.getByText('Twenty-four products').waitFor()
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    for (const card of await page.getByRole('article').all()) {
      await card.scrollIntoViewIfNeeded()
      if ((await card.getByRole('heading').textContent()) === 'Umbrella') continue
      const picture = await card.locator('img').elementHandle()
      await page.waitForFunction((image) => (image as HTMLImageElement).naturalWidth === 480, picture)
    }
  }
  assert.equal(await page.getByRole('article').count(), 24)
  assert.equal(await page.getByRole('article').locator('img').count(), 23, 'the umbrella is not the sample')
  await assertFine('the catalogue')

  await page.getByRole('link', { name: /^Stoneware teapot/ }).click()
  await page.waitForFunction(() => [...document.images].some(({ naturalWidth }) => naturalWidth === 1200))
})

test('nobody saw another error on the way', () => {
  assert.deepEqual(
    visitor.faults.filter((fault) => !/upload-image|status of 503/.test(fault)),
    [],
  )
})

let uploads = 0
let letThirdGo = () => {}
const thirdMayGo = new Promise<void>((resolve) => {
  letThirdGo = resolve
})

/** The third upload waits until it is let go, the fourth and those after it are refused. */
async function failFromTheFourth(route: Route): Promise<void> {
  uploads += 1
  if (uploads === 3) await thirdMayGo
  if (uploads <= 3) return route.continue()
  const json = { detail: 'The picture store cannot be reached.', code: 'storage_unavailable' }
  return route.fulfill({ status: 503, json })
}
