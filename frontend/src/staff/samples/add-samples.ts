import { createProduct, listProducts } from '../../api/products.ts'
import { getDrawing, getSamples, type Sample } from '../../api/samples.ts'
import type { Product } from '../../api/types.ts'
import { uploadPicture } from '../../api/upload-picture.ts'
import { developDrawing } from './develop-drawing.ts'

export type Progress = { done: number; total: number }

/**
 * Adds the samples that are missing, one after the other; throws at the first that fails, and is safe to call again. One
 * is there when a product has its name; where that is still as in the sample and has no picture, it gets it.
 * `npm start -- --demo` does the same.
 */
export async function addSamples(tell: (progress: Progress) => void): Promise<void> {
  const samples = await getSamples()
  for (const [done, sample] of samples.entries()) {
    tell({ done, total: samples.length })
    const { picture, ...fields } = sample
    const product = (await findByName(sample.name)) ?? (await createProduct(fields))
    if (lacksPicture(product, sample)) await addPicture(product.product_id, picture)
  }
}

/** Asked right before each creation: another tab or a colleague may be adding them, too. */
async function findByName(name: string): Promise<Product | undefined> {
  let after: number | null = null
  do {
    const page = await listProducts({ search: name, after, limit: 100 })
    const found = page.rows.find((product) => product.name === name)
    if (found) return found
    after = page.nextAfter
  } while (after !== null)
  return undefined
}

function lacksPicture(product: Product, sample: Sample): boolean {
  const isUnchanged = product.price === sample.price && product.description === sample.description
  return product.image_url === null && isUnchanged
}

async function addPicture(productId: number, picture: string): Promise<void> {
  const file = await developDrawing(await getDrawing(picture))
  await uploadPicture(productId, file, () => {})
}
