import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium that CHROMIUM_PATH names; `npm test` finds one and sets it. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH
  if (!executablePath)
    throw new Error('These tests need Chromium: run `npm test` at the root, or set CHROMIUM_PATH.')
  return chromium.launch({ executablePath, args: flags })
}

export type Visitor = { context: BrowserContext; page: Page; faults: string[] }

/**
 * A visitor with an empty cart. `faults` gathers what nobody should see: page errors, console errors (a broken policy
 * among them) and answers that the server should not give.
 */
export async function newVisitor(
  browser: Browser,
  viewport = { width: 1280, height: 900 },
): Promise<Visitor> {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', locale: 'en-US' })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`)
  })
  return { context, page, faults }
}
