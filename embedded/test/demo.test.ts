import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { showDemo } from '../src/demo.ts'
import { terminalSteps } from '../src/steps.ts'
import { type LaunchedShop, lastLine, openPlace, until } from './launched-shop.ts'

type Sample = { name: string; description: string; price: number; stock_quantity: number }
type Product = Sample & { product_id: number; image_url: string | null; thumbnail_url: string | null }

const samples: Sample[] = JSON.parse(
  readFileSync(new URL('../../frontend/public/samples/products.json', import.meta.url), 'utf8'),
)
const [umbrella, scissors, twine] = ['Umbrella', 'Tailor’s scissors', 'Jute twine'].map((name) => {
  const sample = samples.find((sample) => sample.name === name)
  assert.ok(sample)
  return sample
}) as [Sample, Sample, Sample]

describe('npm start with arguments', () => {
  const place = openPlace()
  after(place.close)

  it('refuses one that it does not know, in a sentence', async () => {
    const shop = place.launch({}, [], ['--dmeo'])
    assert.equal(await shop.exitCode(10_000), 'exit code 1')
    assert.match(lastLine(shop), /^Unknown option '--dmeo': npm start takes --demo .+\.$/)
  })

  it('says with --help what it takes, and starts nothing', async () => {
    const shop = place.launch({}, [], ['--help'])
    assert.equal(await shop.exitCode(10_000), 'exit code 0')
    assert.match(shop.output(), /npm start -- --demo/)
    assert.doesNotMatch(shop.output(), /Tallyshop starts/)
  })
})

describe('npm start -- --demo', () => {
  const place = openPlace()
  let shop: LaunchedShop
  let shopUrl = ''
  const launch = async () => {
    shop = place.launch({}, [], ['--demo'])
    shopUrl = (await shop.urls()).shop
  }
  const products = () => listProducts(shopUrl)
  const named = async (name: string) => (await products()).filter((product) => product.name === name)
  before(launch)
  after(place.close)

  it('is interrupted by Ctrl-C like any start', async () => {
    await until(async () => (await products()).length >= 2, 20_000, shop.output)
    await post(shopUrl, { name: umbrella.name, price: 5, stock_quantity: 7 })
    await post(shopUrl, twine)
    // More products that a search for a sample finds than one page has.
    const others = Array.from({ length: 101 }, (_, index) => `${scissors.name}, sheath ${index}`)
    await Promise.all(others.map((name) => post(shopUrl, { name, price: 5, stock_quantity: 1 })))

    process.kill(shop.launcher.pid, 'SIGINT')
    assert.equal(await shop.exitCode(5000), 'exit code 0', shop.output())
    assert.equal(lastLine(shop), 'Stopped.')
    assert.doesNotMatch(shop.output(), /✓ sample products|not complete/)
  })

  it('adds what is missing at the next start, so that each sample is there once', async () => {
    await launch()
    await until(() => shop.output().includes('✓ sample products'), 60_000, shop.output)

    assert.match(shop.output(), /✓ sample products +\d+\.\d\d s +\d+ of 24 added/)
    const all = await products()
    assert.equal(all.length, 101 + samples.length)
    for (const sample of samples) {
      const found = all.filter(({ name }) => name === sample.name)
      assert.equal(found.length, 1, sample.name)
      if (sample !== umbrella) assert.deepEqual(pick(found[0]), pick(sample))
    }
  })

  it('gives each a picture in two sizes that opens, also where only the picture had been missing', async () => {
    const ours = (await products()).filter(({ name }) => samples.some((sample) => sample.name === name))
    for (const { name, image_url, thumbnail_url } of ours.filter((product) => product.price !== 5)) {
      assert.deepEqual([name, await sizeOf(image_url), await sizeOf(thumbnail_url)], [name, 1200, 480])
    }
  })

  it("leaves a merchant's own product as it is, though it has the name of a sample", async () => {
    const [own] = await named(umbrella.name)
    assert.deepEqual([own?.price, own?.stock_quantity, own?.image_url], [5, 7, null])
  })

  it('adds nothing the next time, also to a sample whose name is far down a long list', async () => {
    const before = await products()
    const said = await demoAt(shopUrl)
    assert.match(said, /all 24 were there/)
    assert.deepEqual(await products(), before)
  })

  it('leaves books that agree', async () => {
    const reconcile = new URL('../../operations/src/reconcile-main.ts', import.meta.url).pathname
    const env = { PATH: process.env.PATH, ENV_FILE: '/dev/null', DATA_DIR: place.dataDir }
    const { stdout } = await promisify(execFile)(process.execPath, [reconcile], { env, timeout: 30_000 })
    // One movement for each product that was counted in with stock.
    const counted = (await products()).filter((product) => product.stock_quantity > 0).length
    assert.match(
      stdout,
      new RegExp(`^0 orders, ${counted} stock movements, 0 in motion.* 0 differences$`, 'm'),
    )
  })

  it('tells in words what cannot be added, and goes on', async () => {
    const said = await demoAt('http://127.0.0.1:1')
    assert.match(
      said,
      /^The sample products are not complete: \/samples\/products.json cannot be reached\.$/m,
    )

    const busy = createServer((_, response) => response.writeHead(503).end('{"detail":"Not now."}')).listen(0)
    await once(busy, 'listening')
    const { port } = busy.address() as { port: number }
    assert.match(await demoAt(`http://127.0.0.1:${port}`), /products.json answered 503 \(Not now\.\)\.$/m)
    busy.close()
  })
})

describe('a run of the demo', () => {
  it('is interrupted between drawing and upload without a word, and without a rejection that nobody catches', async () => {
    let interruption = new AbortController()
    const answers: Record<string, (response: ServerResponse) => void> = {
      '/samples/products.json': (response) => response.end(JSON.stringify([{ ...twine, picture: 'a.svg' }])),
      // While it is being drawn, which takes longer, the run ends.
      '/samples/a.svg': (response) => response.end(drawing, () => setTimeout(() => interruption.abort(), 15)),
      '/api/products': (response) =>
        response.end(JSON.stringify({ ...twine, product_id: 1, image_url: null })),
      '/api/products/1/upload-image': () => assert.fail('It goes on.'),
    }
    const shop = createServer((request, response) => {
      if (request.url?.includes('search=')) return void response.end('[]')
      answers[request.url ?? '']?.(response)
    }).listen(0)
    await once(shop, 'listening')
    const { port } = shop.address() as { port: number }
    for (let round = 0; round < 5; round += 1) {
      interruption = new AbortController()
      const said = await demoAt(`http://127.0.0.1:${port}`, interruption.signal)
      assert.equal(said.trim(), 'Putting sample products on the shelves …')
      assert.ok(interruption.signal.aborted)
    }
    shop.close()
    shop.closeAllConnections()
  })
})

const drawing = readFileSync(new URL('../../frontend/public/samples/umbrella.svg', import.meta.url))

/** What the launcher would say of a run against this shop. */
async function demoAt(url: string, interrupted = new AbortController().signal): Promise<string> {
  const lines: string[] = []
  await showDemo(
    { url, interrupted },
    terminalSteps((line) => lines.push(line), false),
  )
  return lines.join('\n')
}

async function listProducts(shopUrl: string): Promise<Product[]> {
  const all: Product[] = []
  for (let after = 0, more = true; more; after = all.at(-1)?.product_id ?? 0) {
    const response = await fetch(`${shopUrl}/api/products?limit=100&${after ? `after=${after}` : ''}`)
    assert.equal(response.status, 200)
    all.push(...((await response.json()) as Product[]))
    more = response.headers.has('link')
  }
  return all
}

async function post(shopUrl: string, product: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${shopUrl}/api/products`, {
    method: 'POST',
    headers,
    body: JSON.stringify(product),
  })
  assert.equal(response.status, 201, await response.clone().text())
}

function pick(product: Sample | undefined): Partial<Sample> {
  const { name, description, price, stock_quantity } = product ?? {}
  return { name, description, price, stock_quantity } as Partial<Sample>
}

async function sizeOf(url: string | null): Promise<number> {
  const response = await fetch(url ?? '')
  const { width, height } = await sharp(await response.arrayBuffer()).metadata()
  assert.equal(width, height)
  return width
}
