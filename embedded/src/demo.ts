import type { Steps } from './steps.ts'

/** A sample as the pages publish it: what the product service takes, and the drawing beside it. */
type Sample = { name: string; description: string; price: number; stock_quantity: number; picture: string }
type Product = Omit<Sample, 'picture'> & { product_id: number; image_url: string | null }
type Shop = { url: string; interrupted: AbortSignal }

const callTimeoutMs = 30_000

/** Puts the samples on the shelves of a running shop and says so. What goes wrong is told and takes nothing down. */
export async function showDemo(shop: Shop, steps: Steps): Promise<void> {
  steps.say('\nPutting sample products on the shelves …')
  try {
    await steps.step('sample products', async () => {
      const { total, added } = await addSamples(shop)
      return {
        result: undefined,
        note: added === 0 ? `all ${total} were there` : `${added} of ${total} added`,
      }
    })
  } catch (error) {
    if (shop.interrupted.aborted) return
    steps.say(`The sample products are not complete: ${(error as Error).message}.
The shop runs without them; npm start -- --demo adds what is missing.`)
  }
}

/**
 * Adds the samples that are missing, through the shop's own address as any client would. One is there when a product has
 * its name; where that is still as in the sample and has no picture, an earlier run was interrupted, and it gets it. What
 * the merchant has changed or made stays as it is.
 */
async function addSamples(shop: Shop): Promise<{ total: number; added: number }> {
  const samples = (await (await call(shop, '/samples/products.json')).json()) as Sample[]
  let added = 0
  for (const sample of samples) {
    const found = await findByName(shop, sample.name)
    const product = found ?? (await create(shop, sample))
    if (!found) added += 1
    if (lacksPicture(product, sample)) await addPicture(shop, product.product_id, sample.picture)
  }
  return { total: samples.length, added }
}

/** Asked right before each creation, so that somebody who adds them at the same time on the staff page is seen. */
async function findByName(shop: Shop, name: string): Promise<Product | undefined> {
  let page = `/api/products?${new URLSearchParams({ search: name, limit: '100' })}`
  while (page) {
    const response = await call(shop, page)
    const found = ((await response.json()) as Product[]).find((product) => product.name === name)
    if (found) return found
    const next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
    page = next ? new URL(next, response.url).href : ''
  }
  return undefined
}

async function create(shop: Shop, { picture: _, ...product }: Sample): Promise<Product> {
  const headers = { 'content-type': 'application/json' }
  const response = await call(shop, '/api/products', {
    method: 'POST',
    headers,
    body: JSON.stringify(product),
  })
  return (await response.json()) as Product
}

function lacksPicture(product: Product, sample: Sample): boolean {
  const isUnchanged = product.price === sample.price && product.description === sample.description
  return product.image_url === null && isUnchanged
}

/** The shop takes SVG from nobody: the drawing goes up as a PNG. */
async function addPicture(shop: Shop, productId: number, picture: string): Promise<void> {
  // Not at every start: it takes a moment to load.
  const { default: sharp } = await import('sharp')
  const drawing = await (await call(shop, `/samples/${picture}`)).arrayBuffer()
  const png = await sharp(Buffer.from(drawing)).png().toBuffer()
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(png)], { type: 'image/png' }), 'sample.png')
  await call(shop, `/api/products/${productId}/upload-image`, { method: 'POST', body: form })
}

async function call({ url, interrupted }: Shop, path: string, init: RequestInit = {}): Promise<Response> {
  // Node 24 answers a form with a signal that is aborted already by a rejection that nobody can catch.
  interrupted.throwIfAborted()
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(callTimeoutMs)])
  const response = await fetch(new URL(path, url), { ...init, signal }).catch((cause: Error) => {
    const why =
      cause.name === 'TimeoutError' ? `did not answer within ${callTimeoutMs / 1000} s` : 'cannot be reached'
    throw new Error(`${path} ${why}`, { cause })
  })
  if (response.ok) return response
  const { detail } = (await response.json().catch(() => ({}))) as { detail?: unknown }
  throw new Error(`${path} answered ${response.status}${typeof detail === 'string' ? ` (${detail})` : ''}`)
}
