import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Operation } from './contracts.ts'

/**
 * Compares the body of an answer with what its operation documents for that status, field by field: what is not
 * documented may not be there. Gives the differences in words; none where it is as documented.
 */
export function createBodyCheck(): (operation: Operation, status: number, body: unknown) => string[] {
  const compiled = new Map<object, ValidateFunction>()
  return (operation, status, body) => {
    const schema = operation.answers.get(status)
    if (!schema) return []
    const validate = compiled.get(schema) ?? ajv.compile(closed(schema))
    compiled.set(schema, validate)
    return validate(body) ? [] : (validate.errors ?? []).map(describe)
  }
}

const ajv = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    uuid: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  },
  keywords: [
    {
      keyword: 'x-decimals',
      type: 'number',
      validate: (places: number, value: number) => decimalsOf(value) <= places,
    },
  ],
})

/** Digits behind the point as JSON writes the number: 0.30000000000000004 has 17. */
function decimalsOf(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e')
  return Math.max(0, (digits.split('.')[1] ?? '').length - Number(exponent))
}

/** The schema with every object closed that lists its properties; what is an `allOf` is closed as a whole. */
function closed(schema: unknown, asPart = false): object {
  if (Array.isArray(schema)) return schema.map((part) => closed(part, asPart))
  if (typeof schema !== 'object' || schema === null) return schema as never
  const entries = Object.entries(schema).map(([name, value]) => [name, within(name, value)])
  const copy = Object.fromEntries(entries)
  if ('allOf' in copy) return { type: 'object', ...copy, unevaluatedProperties: false }
  if (!('properties' in copy) || asPart) return copy
  return { additionalProperties: false, ...copy }
}

function within(name: string, value: unknown): unknown {
  if (name === 'properties') {
    return Object.fromEntries(
      Object.entries(value as object).map(([field, schema]) => [field, closed(schema)]),
    )
  }
  return closed(value, name === 'allOf')
}

type SchemaError = NonNullable<ValidateFunction['errors']>[number]

function describe({ instancePath, message, params }: SchemaError): string {
  const extra = params.additionalProperty ?? params.unevaluatedProperty
  return `${instancePath || 'the body'} ${message}${extra === undefined ? '' : `: ${extra}`}`
}
