import createClient from 'openapi-fetch'
import type { paths as OrderPaths } from './order-service.generated.d.ts'
import { Problem, Unreachable } from './problem.ts'
import type { paths as ProductPaths } from './product-service.generated.d.ts'

const timeoutMs = 15_000

/** The two services as the front forwards them, typed by their contracts. */
export const productService = createClient<ProductPaths>({ baseUrl: '/api', fetch: fetchInTime })
export const orderService = createClient<OrderPaths>({ baseUrl: '/api', fetch: fetchInTime })

/** The data of an answer and its response; throws `Problem` for a refusal, `Unreachable` where nobody answered. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    throw isAbort(cause) || cause instanceof Unreachable ? cause : new Unreachable(cause)
  })
  if (!response.ok) throw new Problem(response.status, error, response.headers)
  return { data: data as T, response }
}

/** The `after` of the next page, from `Link: <…?after=12&…>; rel="next"`; null on the last page. */
export function nextAfter(response: Response): number | null {
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1]
  const after = next && new URL(next, 'http://shop.invalid').searchParams.get('after')
  return after ? Number(after) : null
}

type Answer<T> = { data?: T; error?: unknown; response: Response }

async function fetchInTime(request: Request): Promise<Response> {
  const tooLate = AbortSignal.timeout(timeoutMs)
  try {
    return await fetch(request, { signal: AbortSignal.any([request.signal, tooLate]) })
  } catch (cause) {
    if (request.signal.aborted) throw cause
    throw new Unreachable(cause)
  }
}

function isAbort(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'AbortError'
}
