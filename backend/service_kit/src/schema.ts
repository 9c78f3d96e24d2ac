import { Ajv, type ErrorObject, type KeywordDefinition } from 'ajv'
import type { FastifySchema } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'

/** One fault of a request as FastAPI words it; `input` only where it is a scalar of at most 100 characters. */
export type Fault = { type: string; loc: (string | number)[]; msg: string; input?: unknown }

/** Thrown by the validators below; `part` is where the faults were found. */
export class InvalidRequest extends Error {
  override name = 'InvalidRequest'
  readonly part: string
  readonly faults: Fault[]

  constructor(part: string, faults: Fault[]) {
    super('The request is not valid.')
    this.part = part
    this.faults = faults
  }
}

/** A string for people: trimmed, NFC, no control or direction-override characters; a block may have line breaks. */
export function Text(options: { minLength?: number; maxLength: number; block?: boolean }) {
  const { block = false, ...lengths } = options
  return Type.Unsafe<string>({ type: 'string', 'x-text': block ? 'block' : 'line', ...lengths })
}

/** An amount of money: a JSON number with at most two decimals. */
export function Money(options: { exclusiveMinimum?: number; maximum?: number } = {}) {
  return Type.Unsafe<number>({ type: 'number', 'x-decimals': 2, ...options })
}

/** The schema or null, as one `type` list: Ajv then reports one fault and not one per branch. */
export function Nullable<Schema extends TSchema>(schema: Schema) {
  const { type } = schema as unknown as { type: string }
  return Type.Unsafe<Static<Schema> | null>({ ...schema, type: [type, 'null'] })
}

export function OneOf<const Values extends readonly string[]>(values: Values) {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values] })
}

/** The answer has no body: send `undefined`. (null would be sent as the text "null".) */
export const NoBody = Type.Unsafe<undefined>({ type: 'null' })

const largestId = 2 ** 31 - 1

export const Id = Type.Integer({ minimum: 1, maximum: largestId })
/** An absolute http(s) address. */
export const HttpUrl = Type.Unsafe<string>({
  type: 'string',
  'x-text': 'line',
  format: 'http-url',
  maxLength: 2048,
})
export const Uuid = Type.Unsafe<string>({ type: 'string', format: 'uuid' })
export const Timestamp = Type.Unsafe<Date>({ type: 'string', format: 'date-time' })

type RouteSchema = { schema: FastifySchema | TSchema; httpPart?: string }

/** Fastify's validator compiler: bodies are never coerced, numbers in addresses are read strictly. */
export function compileValidator({ schema, httpPart = 'body' }: RouteSchema) {
  // Header schemas are there for the description: checking one would drop every other header.
  if (httpPart === 'headers') return () => true
  const validate = ajv.compile(schema)
  return (data: unknown) => {
    if (httpPart === 'body' && (data ?? null) === null) {
      return {
        error: new InvalidRequest('body', [{ type: 'missing', loc: ['body'], msg: 'Field required' }]),
      }
    }
    const value = httpPart === 'body' ? data : readNumbers(schema as AddressSchema, data)
    if (validate(value)) return { value }
    const part = { querystring: 'query', params: 'path' }[httpPart] ?? httpPart
    const errors = withoutEchoes(validate.errors ?? [])
    return {
      error: new InvalidRequest(
        part,
        errors.map((error) => toFault(part, error)),
      ),
    }
  }
}

// White space, and what has no width: a name of nothing else is empty.
const invisibleEnds = /^[\s\u00ad\u200b-\u200d\u2060]+|[\s\u00ad\u200b-\u200d\u2060]+$/gu
const forbiddenInLine = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
const forbiddenInBlock = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

type Place = { parentData: Record<string | number, unknown>; parentDataProperty: string | number }

const keywords: KeywordDefinition[] = [
  {
    keyword: 'x-text',
    type: 'string',
    before: 'maxLength',
    modifying: true,
    validate(kind: string, text: string, _schema?: unknown, place?: Place) {
      const tidy = text.replace(/\r\n?/g, '\n').replace(invisibleEnds, '').normalize('NFC')
      if (place) place.parentData[place.parentDataProperty] = tidy
      return tidy.isWellFormed() && !(kind === 'line' ? forbiddenInLine : forbiddenInBlock).test(tidy)
    },
  },
  {
    keyword: 'x-decimals',
    type: 'number',
    validate: (places: number, value: number) => Number(value.toFixed(places)) === value,
  },
]

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  removeAdditional: 'all',
  useDefaults: true,
  allowUnionTypes: true,
  formats: {
    'date-time': true,
    'http-url': (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text),
    uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  },
  keywords,
})

type AddressSchema = { properties?: Record<string, { type?: string | string[] }> }

/** Turns decimal digits into numbers where the schema wants one; anything else stays text and so fails. */
function readNumbers(schema: AddressSchema, data: unknown): Record<string, unknown> {
  const values: Record<string, unknown> = { ...(data as object) }
  for (const [name, { type }] of Object.entries(schema.properties ?? {})) {
    const value = values[name]
    if (type === 'integer' && typeof value === 'string' && /^-?\d{1,16}$/.test(value))
      values[name] = Number(value)
  }
  return values
}

/** What is none of the choices is told once, and not also as of a wrong type: a repeated `?status=`, for one. */
function withoutEchoes(errors: ErrorObject[]): ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === 'enum').map(({ instancePath }) => instancePath)
  return errors.filter(({ keyword, instancePath }) => keyword !== 'type' || !choices.includes(instancePath))
}

function toFault(part: string, error: ErrorObject): Fault {
  const path = error.instancePath.split('/').slice(1).map(readPointer)
  const missing = error.keyword === 'required' ? [error.params.missingProperty as string] : []
  const [type, msg] = describe(part, error)
  return { type, loc: [part, ...path, ...missing], msg, ...(missing.length === 0 && scalar(error.data)) }
}

function readPointer(segment: string): string | number {
  return /^\d+$/.test(segment) ? Number(segment) : segment.replaceAll('~1', '/').replaceAll('~0', '~')
}

function scalar(input: unknown): { input?: unknown } {
  if (typeof input === 'string') return input.length <= 100 && input.isWellFormed() ? { input } : {}
  if (typeof input === 'number') return Number.isFinite(input) ? { input } : {}
  return typeof input === 'boolean' || input === null ? { input } : {}
}

type Description = [type: string, msg: string]

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Pydantic's wording for each keyword our schemas use. */
const wording: Record<string, (params: ErrorObject['params'], error: ErrorObject) => Description> = {
  required: () => ['missing', 'Field required'],
  minimum: ({ limit }) => ['greater_than_equal', `Input should be greater than or equal to ${limit}`],
  maximum: ({ limit }) => ['less_than_equal', `Input should be less than or equal to ${limit}`],
  exclusiveMinimum: ({ limit }) => ['greater_than', `Input should be greater than ${limit}`],
  minLength: ({ limit }) => ['string_too_short', `String should have at least ${plural(limit, 'character')}`],
  maxLength: ({ limit }) => ['string_too_long', `String should have at most ${plural(limit, 'character')}`],
  minItems: ({ limit }, { data }) => [
    'too_short',
    `List should have at least ${plural(limit, 'item')} after validation, not ${(data as unknown[]).length}`,
  ],
  maxItems: ({ limit }, { data }) => [
    'too_long',
    `List should have at most ${plural(limit, 'item')} after validation, not ${(data as unknown[]).length}`,
  ],
  enum: ({ allowedValues }) => ['enum', `Input should be ${inWords(allowedValues)}`],
  not: (_params, { schema }) => [
    'value_error',
    `Input should not be ${(schema as { const: unknown }).const}`,
  ],
  format: ({ format }) => [
    'value_error',
    `Input should be a valid ${format === 'http-url' ? 'http(s) URL' : format}`,
  ],
  'x-text': () => ['string_characters', 'String should not contain control characters'],
  'x-decimals': (_params, { schema }) => [
    'decimal_max_places',
    `Decimal input should have no more than ${plural(schema as unknown as number, 'decimal place')}`,
  ],
}

const typeWording: Record<string, Description> = {
  number: ['float_type', 'Input should be a valid number'],
  integer: ['int_type', 'Input should be a valid integer'],
  string: ['string_type', 'Input should be a valid string'],
  array: ['list_type', 'Input should be a valid list'],
  object: ['model_attributes_type', 'Input should be a valid dictionary or object to extract fields from'],
}

function describe(part: string, error: ErrorObject): Description {
  if (error.keyword !== 'type') {
    return wording[error.keyword]?.(error.params, error) ?? ['value_error', `Input ${error.message}`]
  }
  const wanted = String([error.params.type].flat()[0])
  if (typeof error.data === 'number' && !Number.isFinite(error.data)) {
    return ['finite_number', 'Input should be a finite number']
  }
  if (wanted === 'integer' && typeof error.data === 'number') {
    return ['int_from_float', 'Input should be a valid integer, got a number with a fractional part']
  }
  if (wanted === 'integer' && part !== 'body' && typeof error.data === 'string') {
    return ['int_parsing', 'Input should be a valid integer, unable to parse string as an integer']
  }
  return typeWording[wanted] ?? ['type_error', 'Input has a wrong type']
}

function inWords(values: string[]): string {
  const quoted = values.map((value) => `'${value}'`)
  return [quoted.slice(0, -1).join(', '), ...quoted.slice(-1)].filter(Boolean).join(' or ')
}
