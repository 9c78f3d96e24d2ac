import fc, { type Arbitrary } from 'fast-check'
import { oddPaths, oddQueries, validPaths, validQueries } from './addresses.ts'
import { bodyFaults, jsonType, rightContents } from './bodies.ts'
import type { Operation } from './contracts.ts'
import { hostileHeaders, strangeAddresses, strangeMethods } from './hostile.ts'
import { applyTo, type Changes, type PlannedRequest, secretPlace } from './planned-request.ts'
import type { Upload } from './uploads.ts'
import type { Hints } from './values.ts'

/** Requests for one operation: half of them right, the others off in one place. */
export function requestsOf(
  operation: Operation,
  hints: Hints,
  uploads: Arbitrary<Upload>,
): Arbitrary<PlannedRequest> {
  const right = rightRequests(operation, hints, uploads)
  const off = (changes: Arbitrary<Changes>) =>
    fc.tuple(right, changes).map(([request, change]) => applyTo(request, change))
  const oddPath = oddPaths(operation)?.map(({ value, ...rest }): Changes => ({ path: value, ...rest }))
  const variants = [
    ...(oddPath ? [{ weight: 2, arbitrary: off(oddPath) }] : []),
    {
      weight: 3,
      arbitrary: off(oddQueries(operation, hints).map(({ value, ...rest }) => ({ query: value, ...rest }))),
    },
    {
      weight: 3,
      arbitrary: off(fc.constantFrom(...hostileHeaders).map((hostile) => underHeaders(operation, hostile))),
    },
    ...bodyFaults(operation, hints).map(({ weight, arbitrary }) => ({ weight, arbitrary: off(arbitrary) })),
    ...(operation.internal ? [{ weight: 2, arbitrary: off(wrongSecrets) }] : []),
    ...(operation.method === 'GET'
      ? [{ weight: 1, arbitrary: off(fc.constant({ method: 'HEAD', about: 'HEAD' })) }]
      : []),
  ]
  const weight = variants.reduce((sum, variant) => sum + variant.weight, 0)
  return fc.oneof({ weight, arbitrary: right }, ...variants)
}

/** Addresses that are none, by methods that are none. */
export const strangeRequests: Arbitrary<PlannedRequest> = fc
  .record({
    service: fc.constantFrom('product' as const, 'order' as const),
    method: fc.constantFrom(...strangeMethods),
    path: fc.constantFrom(...strangeAddresses),
  })
  .map((address) => ({
    ...address,
    operation: undefined,
    headers: {},
    verdict: 'either',
    about: 'no such address',
  }))

function rightRequests(
  operation: Operation,
  hints: Hints,
  uploads: Arbitrary<Upload>,
): Arbitrary<PlannedRequest> {
  const { service, method, body } = operation
  const address = fc.record({ path: validPaths(operation, hints), query: validQueries(operation, hints) })
  const base = address.map(
    ({ path, query }): PlannedRequest => ({
      service,
      operation,
      method,
      path: query ? `${path}?${query}` : path,
      headers: operation.internal ? { authorization: secretPlace } : {},
      verdict: 'valid',
      about: 'all is right',
    }),
  )
  if (!body) return base
  if (body.type !== jsonType) {
    return fc.tuple(base, uploads).map(([request, { type, ...upload }]) => ({
      ...request,
      ...upload,
      headers: { ...request.headers, 'content-type': type },
      verdict: 'either',
    }))
  }
  return fc
    .tuple(base, rightContents(operation, body.schema, hints))
    .map(([request, { value, headers }]) => ({
      ...request,
      headers: { ...request.headers, 'content-type': jsonType, ...headers },
      body: JSON.stringify(value),
    }))
}

function underHeaders(
  { internal, method }: Operation,
  { headers, about, only, onlyUnsafe }: (typeof hostileHeaders)[number],
): Changes {
  // Another service shows a secret, and may call by any name and from anywhere.
  const guarded =
    internal && !only?.includes(431) ? undefined : (only ?? (method === 'GET' ? undefined : onlyUnsafe))
  return { headers, about, ...(guarded && { only: guarded }) }
}

const wrongSecrets: Arbitrary<Changes> = fc
  .constantFrom(
    '',
    'Bearer',
    `Basic ${btoa('a:b')}`,
    'Bearer x',
    `${'Bearer '}${'x'.repeat(5000)}`,
    'Bearer \u00e9',
  )
  .map((authorization) => ({
    headers: { authorization },
    only: [401],
    about: `secret ${authorization.slice(0, 20)}`,
  }))
