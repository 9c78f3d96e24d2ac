import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hadNoEffect, isDatabaseUnavailable } from './postgres.ts'
import { InvalidRequest } from './schema.ts'

type Extras = { facts?: Record<string, unknown>; headers?: Record<string, string> }

/** An error as a caller sees it: status, a code for programs, a sentence for people, further facts and headers. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  readonly code: string
  readonly facts: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(status: number, code: string, detail: string, { facts = {}, headers = {} }: Extras = {}) {
    super(detail)
    this.status = status
    this.code = code
    this.facts = facts
    this.headers = headers
  }
}

/** A service's one table from its domain's errors to what a caller sees; undefined for an error it does not know. */
export type ProblemTable = (error: unknown) => Problem | InvalidRequest | undefined

/** Builds the error handler: known errors by the service's table, the rest of HTTP here, everything else a plain 500. */
export function problemHandler(table: ProblemTable, unknownId: Problem) {
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const error = table(thrown) ?? thrown
    if (error instanceof InvalidRequest && error.part !== 'path') {
      return sendBody(reply, 422, { detail: error.faults, code: 'invalid_request' })
    }
    const problem =
      error instanceof InvalidRequest
        ? unknownId
        : hasGone(request, error)
          ? gone
          : toProblem(error, request.method)
    // A refusal of what is too much has no cause but that; its stack is that of the start.
    if (thrown instanceof Problem && thrown.code === 'overloaded') request.log.warn(thrown.code)
    else if (problem.status >= 500) request.log.error({ err: thrown }, problem.code)
    return sendProblem(reply, problem)
  }
}

export function sendProblem(reply: FastifyReply, { status, code, message, facts, headers }: Problem) {
  return sendBody(reply.headers(headers), status, { detail: message, code, ...facts })
}

function sendBody(reply: FastifyReply, status: number, body: Record<string, unknown>) {
  const { id } = reply.request
  return reply
    .code(status)
    .header('x-request-id', id)
    .send({ ...body, request_id: id })
}

/** Nobody hears it: the sender left in the middle of the body. It is said of the sender, and not of a database. */
const gone = new Problem(400, 'bad_request', 'The request did not arrive.')

function hasGone({ raw }: FastifyRequest, error: unknown): boolean {
  return raw.destroyed && !raw.complete && (error as NodeJS.ErrnoException).code === 'ECONNRESET'
}

const unreadableBody: Record<string, { type: string; msg: string }> = {
  FST_ERR_CTP_INVALID_JSON_BODY: { type: 'json_invalid', msg: 'JSON decode error' },
}

function toProblem(error: unknown, method: string): Problem {
  if (error instanceof Problem) return error
  if (isDatabaseUnavailable(error) && !hadNoEffect(error) && !['GET', 'HEAD'].includes(method)) {
    const detail = 'The database was lost on the way. Look whether this was carried out before you repeat it.'
    return new Problem(503, 'outcome_unknown', detail, { headers: { 'retry-after': '1' } })
  }
  if (isDatabaseUnavailable(error)) {
    const detail = 'The database cannot be reached at the moment. Please try again.'
    return new Problem(503, 'unavailable', detail, { headers: { 'retry-after': '1' } })
  }
  const { code = '', statusCode = 500, message } = error as Partial<FastifyError>
  const unreadable = unreadableBody[code]
  if (unreadable) {
    return new Problem(422, 'invalid_request', '', { facts: { detail: [{ ...unreadable, loc: ['body'] }] } })
  }
  if (statusCode < 400 || statusCode >= 500)
    return new Problem(500, 'internal_error', 'Internal Server Error')
  if (statusCode === 413) return new Problem(413, 'body_too_large', 'The request body is too large.')
  if (statusCode === 415)
    return new Problem(415, 'unsupported_media_type', 'This content type is not supported.')
  return new Problem(statusCode, 'bad_request', message ?? 'Bad Request')
}
