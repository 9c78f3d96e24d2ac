import {
  type Operation as Described,
  type Parameter,
  readOperations,
  type Schema,
} from '../../trials/fuzz/contracts.ts'

export type { Parameter, Schema }

/** A route as its contract promises it. */
export type Operation = ReturnType<typeof jsonOperation>

/** A place in a body, and the schema of what belongs there. */
export type Field = { at: (string | number)[]; schema: Schema }

/** All routes of both services, /internal included, read from the contracts: a new route or field is attacked by itself. */
export const operations: readonly Operation[] = readOperations().map(jsonOperation)

/** Every field of a body, nested ones too, each list by its first element. */
export function fieldsOf(schema: Schema, at: Field['at'] = []): Field[] {
  const here = at.length > 0 ? [{ at, schema }] : []
  const properties = Object.entries(schema.properties ?? {})
  const below = properties.flatMap(([name, property]) => fieldsOf(property, [...at, name]))
  return [...here, ...below, ...(schema.items ? fieldsOf(schema.items, [...at, 0]) : [])]
}

/** A value that the schema allows; for ids it is 1. */
export function exampleOf(schema: Schema): unknown {
  if (schema.enum) return schema.enum[0]
  if (typesOf(schema).includes('object')) {
    const properties = Object.entries(schema.properties ?? {})
    return Object.fromEntries(properties.map(([name, property]) => [name, exampleOf(property)]))
  }
  if (schema.items) return [exampleOf(schema.items)]
  if (schema.format === 'uuid') return '00000000-0000-4000-8000-000000000001'
  if (schema.format === 'http-url') return 'https://pictures.example/a.png'
  return typesOf(schema).includes('string') ? 'A' : 1
}

export function typesOf({ type = [] }: Schema): string[] {
  return [type].flat()
}

/** The address of a route with examples for its ids and for the parameters that it cannot do without. */
export function addressOf(
  { path, parameters }: Operation,
  query: string = requiredQuery(parameters),
): string {
  const filled = path.replace(/\{\w+\}/g, (id) =>
    /uid/.test(id) ? '00000000-0000-4000-8000-000000000001' : '1',
  )
  return query === '' ? filled : `${filled}?${query}`
}

export function requiredQuery(parameters: Parameter[], except?: string): string {
  const wanted = parameters.filter(
    ({ in: place, required, name }) => place === 'query' && required && name !== except,
  )
  return wanted.map(({ name, schema }) => `${name}=${exampleOf(schema)}`).join('&')
}

/** The schema of a JSON body, where the route takes one. */
function jsonOperation({ service, internal, method, path, parameters, body }: Described) {
  const schema = body?.type === 'application/json' ? body.schema : undefined
  return { service, internal, method, path, parameters, ...(schema && { body: schema }) }
}
