import assert from 'node:assert/strict'

/** Puts a product on sale through the shop's own address; gives its id. */
export async function makeProduct(shopUrl: string, name: string): Promise<number> {
  const response = await fetch(`${shopUrl}/api/products/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, price: 12.5, stock_quantity: 1000 }),
  })
  assert.equal(response.status, 201, await response.clone().text())
  return ((await response.json()) as { product_id: number }).product_id
}

type Product = { name: string; image_url: string | null }

/** A product as the shop's own address shows it. */
export async function findProduct(shopUrl: string, productId: number): Promise<Product> {
  const response = await fetch(`${shopUrl}/api/products/${productId}`)
  assert.equal(response.status, 200, await response.clone().text())
  return (await response.json()) as Product
}

/** Orders one piece; gives the order's id once the shop has acknowledged it, undefined when it did not. */
export async function placeOrder(shopUrl: string, productId: number): Promise<number | undefined> {
  try {
    const response = await fetch(`${shopUrl}/api/orders/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [{ product_id: productId, quantity: 1 }] }),
      signal: AbortSignal.timeout(5000),
    })
    const order = (await response.json()) as { order_id: number }
    return response.status === 201 ? order.order_id : undefined
  } catch {
    return undefined
  }
}

/** Uploads a picture for a product; gives the address that shows it. */
export async function uploadPicture(shopUrl: string, productId: number): Promise<string> {
  const form = new FormData()
  form.append('file', new Blob([onePixel], { type: 'image/png' }), 'pixel.png')
  const response = await fetch(`${shopUrl}/api/products/${productId}/upload-image`, {
    method: 'POST',
    body: form,
  })
  assert.equal(response.status, 200, await response.clone().text())
  return ((await response.json()) as { image_url: string }).image_url
}

const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
