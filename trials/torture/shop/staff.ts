import type { History, OperationKind } from '../history.ts'

/** Somebody of the shop's who does a thing at a given moment; each tells whether it was done. */
export type Staff = {
  editPrice(productId: number, price: number): Promise<boolean>
  deleteProduct(productId: number): Promise<boolean>
}

const timeoutMs = 5_000

/** They ask once, and an answer that does not come is no. In the history their numbers are below zero. */
export function createStaff(productUrl: string, history: Pick<History, 'record'>): Staff {
  let operation = 0
  const ask = async (kind: OperationKind, method: string, productId: number, body?: object) => {
    operation -= 1
    const call = operation
    const path = `/products/${productId}`
    history.record({ type: 'call', call, operation, kind, client: 0, method, path, ...(body && { body }) })
    try {
      const response = await fetch(`${productUrl}${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      const { status, ok } = response
      const { code } = ok ? {} : ((await response.json()) as { code?: string })
      history.record({ type: 'answer', call, status, ...(code && { code }) })
      return ok
    } catch (error) {
      history.record({ type: 'no_answer', call, error: String(error) })
      return false
    } finally {
      history.record({ type: 'end', operation: call, kind, outcome: 'final' })
    }
  }
  return {
    editPrice: (productId, price) => ask('edit_price', 'PUT', productId, { price }),
    deleteProduct: (productId) => ask('delete_product', 'DELETE', productId),
  }
}
