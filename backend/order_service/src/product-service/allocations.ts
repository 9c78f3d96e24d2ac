import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { NoVerdict } from '../domain/errors.ts'
import type { Allocations, Verdict, WantedLine } from '../domain/placement.ts'
import { Breaker } from './breaker.ts'

const verdictTimeoutMs = 5_000
/** A buyer waits for this one, and the sweeper does it as well. */
const releaseTimeoutMs = 2_000
const probeTimeoutMs = 1_000

const Lines = Type.Array(
  Type.Object({
    product_id: Type.Integer(),
    quantity: Type.Integer(),
    unit_price: Type.Number(),
    name: Type.String(),
  }),
)

/** What we read of the product service's answer; contract.json beside this file is the whole of what it promises. */
const VerdictReply = Type.Union([
  Type.Object({ verdict: Type.Enum(['held', 'released']), lines: Lines }),
  Type.Object({
    verdict: Type.Literal('rejected'),
    rejection: Type.Object({
      code: Type.Enum(['out_of_stock', 'price_changed']),
      lines: Type.Array(Type.Record(Type.String(), Type.Number())),
    }),
  }),
  Type.Object({ verdict: Type.Literal('void') }),
])

type Call = {
  method: 'PUT' | 'DELETE'
  path: string
  body?: unknown
  requestId?: string | undefined
  timeoutMs: number
}

/**
 * The product service's allocations over HTTP. Only a 200 that carries a verdict is one; all else is NoVerdict. `stop` ends
 * what asks whether it is back.
 */
export function createAllocations(
  productServiceUrl: string,
  serviceAuthSecret: string,
): Allocations & { stop: () => Promise<void> } {
  const breaker = new Breaker((stopping) => isReady(productServiceUrl, stopping))

  async function ask({ method, path, body, requestId, timeoutMs }: Call): Promise<Verdict> {
    const beganAt = performance.now()
    try {
      const response = await fetch(`${productServiceUrl}/internal/allocations/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${serviceAuthSecret}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(requestId && { 'x-request-id': requestId }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // A redirect is no verdict, and nobody else is told the secret.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      const reply: unknown = await response.json()
      if (response.status !== 200 || !Value.Check(VerdictReply, reply)) {
        throw new Error(`The product service answered ${response.status} without a verdict.`)
      }
      breaker.succeeded()
      return toVerdict(reply)
    } catch (cause) {
      breaker.failed(beganAt)
      throw new NoVerdict('The product service gave no verdict.', { cause })
    }
  }

  return {
    allocate: (orderUid, lines, requestId) =>
      ask({ method: 'PUT', path: orderUid, body: toRequest(lines), requestId, timeoutMs: verdictTimeoutMs }),
    release: (orderUid, requestId) =>
      ask({ method: 'DELETE', path: orderUid, requestId, timeoutMs: releaseTimeoutMs }),
    abandon: (orderUid, requestId) =>
      ask({ method: 'PUT', path: `${orderUid}/abandonment`, requestId, timeoutMs: verdictTimeoutMs }),
    isReachable: () => !breaker.isOpen(),
    stop: () => breaker.stop(),
  }
}

/** Any answer but a 5xx will do: one that knows us by another name refuses to say more. */
async function isReady(productServiceUrl: string, stopping: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(probeTimeoutMs)])
  try {
    const response = await fetch(`${productServiceUrl}/readyz`, { redirect: 'manual', signal })
    await response.arrayBuffer()
    return response.status < 500
  } catch {
    return false
  }
}

function toRequest(lines: WantedLine[]) {
  return {
    lines: lines.map(({ productId, quantity, expectedPrice }) => ({
      product_id: productId,
      quantity,
      ...(expectedPrice !== undefined && { expected_price: expectedPrice }),
    })),
  }
}

function toVerdict(reply: Static<typeof VerdictReply>): Verdict {
  if (!('lines' in reply)) return reply
  const lines = reply.lines.map(({ product_id: productId, quantity, unit_price: unitPrice, name }) => ({
    productId,
    quantity,
    unitPrice,
    name,
  }))
  return { verdict: reply.verdict, lines }
}
