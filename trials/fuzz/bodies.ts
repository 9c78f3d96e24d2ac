import fc, { type Arbitrary } from 'fast-check'
import type { Operation, Schema } from './contracts.ts'
import { nearlyValid, type Verdict } from './faults.ts'
import { badKeys, hostileBodies, hostileTypes } from './hostile.ts'
import type { Changes } from './planned-request.ts'
import { type Hints, validValues } from './values.ts'

export const jsonType = 'application/json'

export type Content = { value: unknown; headers: Record<string, string> }

/** Bodies that an operation has to take, with the headers that belong to them. */
export function rightContents(operation: Operation, schema: Schema, hints: Hints): Arbitrary<Content> {
  const values = validValues(schema, hints)
  return takesKey(operation) ? keyed(values, hints) : unkeyed(values)
}

/** Bodies that are off in one place, or that are none, each kind with its weight. */
export function bodyFaults(
  operation: Operation,
  hints: Hints,
): { weight: number; arbitrary: Arbitrary<Changes> }[] {
  const { body } = operation
  if (body && body.type !== jsonType) return []
  const raw = fc.constantFrom(...hostileBodies)
  if (!body) {
    // A body that nobody asked for: what JSON it is does not matter, but that it can be read.
    return [
      { weight: 1, arbitrary: raw.map(({ value, about }) => toBody(value, 'either', `unasked: ${about}`)) },
    ]
  }
  const types = fc.constantFrom(...hostileTypes).map(({ value, ...rest }) => ({
    headers: { 'content-type': value },
    ...rest,
  }))
  const odd = nearlyValid(body.schema, hints).map(({ value, verdict, about }) =>
    toBody(JSON.stringify(value), verdict, about),
  )
  // Without one field required, an edit of nothing is an edit.
  const nothing = body.schema.required === undefined
  return [
    { weight: 20, arbitrary: odd },
    {
      weight: 3,
      arbitrary: raw.map(({ value, verdict, about }) => toBody(value, nothing ? 'either' : verdict, about)),
    },
    { weight: 2, arbitrary: types },
    ...(takesKey(operation) ? [{ weight: 1, arbitrary: fc.constantFrom(...badKeys).map(underBadKey) }] : []),
  ]
}

function underBadKey(key: string): Changes {
  return {
    headers: { 'idempotency-key': key },
    verdict: 'invalid',
    about: `Idempotency-Key ${key.slice(0, 20)}`,
  }
}

function unkeyed(values: Arbitrary<unknown>): Arbitrary<Content> {
  return values.map((value) => ({ value, headers: {} }))
}

/** Under a key that others have too: mostly with the body that belongs to the key, so that it is the same wish again. */
function keyed(values: Arbitrary<unknown>, { key }: Hints): Arbitrary<Content> {
  if (!key) return unkeyed(values)
  const own = key.map((uid) => {
    const [value] = fc.sample(values, { seed: Number.parseInt(String(uid).slice(0, 7), 16), numRuns: 1 })
    return { value, headers: { 'idempotency-key': String(uid) } }
  })
  const stranger = fc.tuple(key, values).map(([uid, value]) => ({
    value,
    headers: { 'idempotency-key': `"${uid}"` },
  }))
  return fc.oneof(
    { weight: 4, arbitrary: unkeyed(values) },
    { weight: 4, arbitrary: own },
    { weight: 1, arbitrary: stranger },
  )
}

function takesKey({ parameters }: Operation): boolean {
  return parameters.some(({ name }) => name === 'idempotency-key')
}

function toBody(body: string | Buffer, verdict: Verdict, about: string): Changes {
  return { body, headers: { 'content-type': jsonType }, verdict, about }
}
