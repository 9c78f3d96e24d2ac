import assert from 'node:assert/strict'
import type { Client } from '@tallyshop/service-kit/test-support/http'

/** A product as the API shows it. */
export type ShownProduct = {
  product_id: number
  name: string
  description: string | null
  price: number
  stock_quantity: number
  image_url: string | null
  thumbnail_url: string | null
  created_at: string
  updated_at: string | null
}

export const teapot = { name: 'Teapot', price: 24.9, stock_quantity: 10 }

/** Creates a product through the API: a teapot, but for what is given. */
export async function addProduct(shop: Client, fields: Partial<ShownProduct> = {}): Promise<ShownProduct> {
  const { status, body } = await shop.post('/products/', { ...teapot, ...fields })
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

/** The product as it is now. */
export async function readProduct(shop: Client, id: number): Promise<ShownProduct> {
  const { status, body } = await shop.get(`/products/${id}`)
  assert.equal(status, 200)
  return body
}
