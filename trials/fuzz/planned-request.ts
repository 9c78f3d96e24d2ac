import type { Operation } from './contracts.ts'
import type { Verdict } from './faults.ts'

export type PlannedRequest = {
  service: 'product' | 'order'
  /** The operation it is meant for; undefined for an address or a method that is none. */
  operation: Operation | undefined
  method: string
  path: string
  headers: Record<string, string>
  body?: string | Buffer
  verdict: Verdict
  /** Where exactly these are right, whatever the verdict; 404 goes without saying where the path has an id. */
  only?: number[]
  /** What is odd about it, in words. */
  about: string
}

/** What makes a request that is right another one. */
export type Changes = Partial<Pick<PlannedRequest, 'method' | 'path' | 'body' | 'only'>> & {
  query?: string
  headers?: Record<string, string>
  verdict?: Verdict
  about: string
}

export function applyTo(
  request: PlannedRequest,
  { query, headers, verdict, ...changes }: Changes,
): PlannedRequest {
  const [path = ''] = request.path.split('?')
  const { only, ...rest } = request
  return {
    ...rest,
    // What is right for a body holds at its own address alone.
    ...(only && changes.path === undefined && { only }),
    ...(query !== undefined && { path: query ? `${path}?${query}` : path }),
    ...changes,
    headers: { ...request.headers, ...headers },
    verdict: worse(request.verdict, verdict ?? 'valid'),
  }
}

function worse(a: Verdict, b: Verdict): Verdict {
  if (a === 'invalid' || b === 'invalid') return 'invalid'
  return a === 'either' || b === 'either' ? 'either' : 'valid'
}

/** Stands for the secret between the services, which a plan does not know. */
export const secretPlace = 'Bearer {secret}'
