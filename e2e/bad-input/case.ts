import { exampleOf, type Field, type Operation } from './operations.ts'

/** One bad request and what it must be answered with, by the service's own address; `at` is where the fault is told. */
export type Case = {
  operation: Operation
  path?: string
  method?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
  answers: number[]
  at?: (string | number)[]
  /** True where one fault is enough said, however many rules are broken. */
  onlyOne?: boolean
}

/** The example of a body with one value in it replaced, as text: not every hostile value survives JSON.stringify. */
export function spoil({ body = {} }: Operation, at: Field['at'], literal: string): string {
  const place = 'the hostile value'
  const example = structuredClone(exampleOf(body)) as Record<string | number, unknown>
  const parent = at
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((value, key) => value[key] as never, example)
  parent[at.at(-1) ?? ''] = place
  return JSON.stringify(example).replace(JSON.stringify(place), () => literal)
}

export function example({ body = {} }: Operation): string {
  return JSON.stringify(exampleOf(body))
}
