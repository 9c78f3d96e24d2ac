import { readFileSync } from 'node:fs'

/** JSON Schema as the descriptions use it: what the fuzzer reads of it. */
export type Schema = {
  type?: string | string[]
  enum?: unknown[]
  format?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  not?: { enum: unknown[] }
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  'x-text'?: 'line' | 'block'
  'x-decimals'?: number
}

export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }

/** One method of one path as its service describes it. */
export type Operation = {
  /** The service, and the rest as it describes it: `product PUT /products/{product_id}`. */
  name: string
  service: 'product' | 'order'
  /** For other services only, who show a secret. */
  internal: boolean
  method: string
  path: string
  parameters: Parameter[]
  /** The body's content type and schema, where it takes one. */
  body?: { type: string; schema: Schema }
  /** The schema of each documented status; undefined where an answer has no body. */
  answers: Map<number, object | undefined>
}

type Media = Record<string, { schema?: Schema }>
type Described = {
  parameters?: Parameter[]
  requestBody?: { content: Media }
  responses: Record<string, { content?: Media }>
}
type Description = { paths: Record<string, Record<string, Described>> }

const files = [
  { file: 'product_service/openapi.json', service: 'product', internal: false },
  { file: 'product_service/internal.openapi.json', service: 'product', internal: true },
  { file: 'order_service/openapi.json', service: 'order', internal: false },
] as const

/** Every operation of the three committed descriptions. */
export function readOperations(): Operation[] {
  return files.flatMap(({ file, service, internal }) => {
    const { paths } = readDescription(file)
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, described]): Operation => {
        const verb = method.toUpperCase()
        const [[type, media] = []] = Object.entries(described.requestBody?.content ?? {})
        return {
          name: `${service} ${verb} ${path}`,
          service,
          internal,
          method: verb,
          path,
          parameters: described.parameters ?? [],
          ...(type && media?.schema && { body: { type, schema: media.schema } }),
          answers: new Map(
            Object.entries(described.responses).map(([status, { content }]) => [
              Number(status),
              content?.['application/json']?.schema,
            ]),
          ),
        }
      }),
    )
  })
}

/** The file with each reference to a component replaced by the component. */
function readDescription(file: string): Description {
  const text = readFileSync(new URL(`../../backend/${file}`, import.meta.url), 'utf8')
  const { components } = JSON.parse(text)
  return JSON.parse(text, (_key, value) => {
    const name = /^#\/components\/schemas\/(.+)$/.exec(value?.$ref ?? '')?.[1]
    return name === undefined ? value : components.schemas[name]
  })
}
