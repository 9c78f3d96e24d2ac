import { noObjects, prototypes, tooMuch, wrongTypes } from './body-cases.ts'
import { type Case, example, spoil } from './case.ts'
import { foreign, oddHeaders, strangers } from './header-cases.ts'
import { hostileIds, hostileJson, hostileQuery, unreadableIds } from './hostile.ts'
import {
  addressOf,
  exampleOf,
  fieldsOf,
  type Operation,
  operations,
  requiredQuery,
  typesOf,
} from './operations.ts'

export type Row = { class: string; cases: Case[] }

const withBody = operations.filter(({ body }) => body)
const fields = withBody.flatMap((operation) =>
  fieldsOf(operation.body ?? {}).map((field) => ({ operation, ...field })),
)
const queries = operations.flatMap((operation) =>
  operation.parameters
    .filter(({ in: place }) => place === 'query')
    .map((parameter) => ({ operation, ...parameter })),
)

/** The table of bad input, each row with all the requests that belong to it. */
export const table: readonly Row[] = [
  { class: 'numbers that are no whole number, or out of range', cases: inFields('integer') },
  { class: 'amounts with a third decimal, beyond all bounds, or no number', cases: inFields('number') },
  {
    class: 'NUL, half characters, control and bidi characters, and text too long',
    cases: inFields('string'),
  },
  {
    class: 'lists and objects that are none, empty or too long',
    cases: [...inFields('array'), ...inFields('object')],
  },
  { class: 'query parameters that cannot be', cases: queries.flatMap(oddParameters) },
  { class: 'query parameters that are repeated', cases: queries.map(repeatedParameter) },
  { class: 'ids that cannot be', cases: operations.filter(hasId).flatMap(oddIds) },
  { class: 'bodies that are no JSON object', cases: withBody.flatMap(noObjects) },
  { class: 'bodies that reach for the prototype', cases: withBody.flatMap(prototypes) },
  { class: 'bodies that are too large or too deep', cases: withBody.flatMap(tooMuch) },
  { class: 'bodies called something else', cases: withBody.flatMap(wrongTypes) },
  { class: 'headers that cannot be', cases: oddHeaders() },
  {
    class: 'names and pages of other web sites',
    cases: operations.filter(({ internal }) => !internal).flatMap(foreign),
  },
  {
    class: '/internal without the secret',
    cases: operations.filter(({ internal }) => internal).flatMap(strangers),
  },
]

function inFields(type: string): Case[] {
  return fields
    .filter(({ schema }) => typesOf(schema)[0] === type)
    .flatMap((field) =>
      hostileJson(field.schema).map((literal) => ({
        operation: field.operation,
        body: spoil(field.operation, field.at, literal),
        answers: [422],
        at: ['body', ...field.at],
      })),
    )
}

type Query = (typeof queries)[number]

function oddParameters({ operation, name, schema }: Query): Case[] {
  const others = requiredQuery(operation.parameters, name)
  return hostileQuery(schema).map((value) => ({
    operation,
    path: addressOf(operation, `${others && `${others}&`}${name}=${value}`),
    // An address longer than all headers may be is not even read.
    answers: value.length > 10_000 ? [431] : [422],
    at: ['query', name],
  }))
}

function repeatedParameter({ operation, name, schema }: Query): Case {
  const twice = `${name}=${exampleOf(schema)}&${name}=${exampleOf(schema)}`
  return { operation, path: addressOf(operation, twice), answers: [422], at: ['query', name], onlyOne: true }
}

function hasId({ path }: Operation): boolean {
  return path.includes('{')
}

function oddIds(operation: Operation): Case[] {
  const body = operation.body && { body: example(operation) }
  const query = requiredQuery(operation.parameters)
  const at = (id: string) => operation.path.replace(/\{\w+\}/, () => id) + (query && `?${query}`)
  return [
    ...hostileIds.map((id) => ({ operation, path: at(id), ...body, answers: [404] })),
    ...unreadableIds.map((id) => ({ operation, path: at(id), ...body, answers: [400, 404] })),
  ]
}
