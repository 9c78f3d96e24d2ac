import { Problem, Unreachable } from './problem.ts'
import type { NewProduct } from './types.ts'

const timeoutMs = 15_000

/** A product of the sample shop, and the drawing of it below /samples/. */
export type Sample = NewProduct & { picture: string }

/** The sample shop that comes with the pages; throws as `answer` does. */
export async function getSamples(): Promise<Sample[]> {
  const response = await ask('/samples/products.json')
  return (await response.json()) as Sample[]
}

/** The drawing of a sample. */
export async function getDrawing(picture: string): Promise<Blob> {
  return (await ask(`/samples/${picture}`)).blob()
}

async function ask(path: string): Promise<Response> {
  const response = await fetch(path, { signal: AbortSignal.timeout(timeoutMs) }).catch((cause: unknown) => {
    throw new Unreachable(cause)
  })
  if (!response.ok) throw new Problem(response.status, null, response.headers)
  return response
}
