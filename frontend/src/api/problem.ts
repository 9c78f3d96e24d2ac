/** A refusal in the services' own words: `{detail, code, request_id}` and the facts that some codes carry. */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  readonly code: string
  readonly faults: Fault[]
  readonly lines: Line[]
  readonly retryAfterMs: number | null
  readonly requestId: string | null

  constructor(status: number, body: unknown, headers: Headers) {
    const fields = isRecord(body) ? body : {}
    super(typeof fields.detail === 'string' ? fields.detail : words(status))
    this.status = status
    this.code = typeof fields.code === 'string' ? fields.code : ''
    this.faults = Array.isArray(fields.detail) ? fields.detail.filter(isFault) : []
    this.lines = Array.isArray(fields.lines) ? fields.lines.filter(isLine) : []
    this.retryAfterMs = secondsOf(headers.get('retry-after'))
    this.requestId = typeof fields.request_id === 'string' ? fields.request_id : headers.get('x-request-id')
  }
}

/** Nobody answered: no network, no answer in time, or an answer that is none. Whether the call arrived is unknown. */
export class Unreachable extends Error {
  override name = 'Unreachable'
  constructor(cause: unknown) {
    super('The shop could not be reached.', { cause })
  }
}

/** One fault of a body: where it is (`["body","items",0]`) and what is wrong, in words. */
export type Fault = { loc: (string | number)[]; msg: string }

/** One line of a refused order: its product with the stock or the prices that were the reason. */
export type Line = {
  product_id: number
  wanted?: number
  available?: number
  expected?: number
  current?: number
}

/** The first fault at each field of a body (`price` → message), for showing each at its place. */
export function faultsByField(error: unknown): Record<string, string> {
  const found: Record<string, string> = {}
  if (!(error instanceof Problem)) return found
  for (const { loc, msg } of error.faults) {
    const field = String(loc[0] === 'body' ? (loc[1] ?? 'body') : (loc[0] ?? 'body'))
    found[field] ??= msg
  }
  return found
}

/** What happened, in a sentence for people, whatever was thrown. */
export function failureWords(error: unknown): string {
  if (error instanceof Problem && error.faults.length > 0) {
    return error.faults
      .map(({ loc, msg }) => `${loc.filter((part) => part !== 'body').join(' ')}: ${msg}`)
      .join('. ')
  }
  if (error instanceof Problem && error.status >= 500 && error.status !== 503) {
    return `${words(error.status)}${error.requestId ? ` Its reference is ${error.requestId}.` : ''}`
  }
  if (error instanceof Problem || error instanceof Unreachable) return error.message
  return 'Something in this page went wrong.'
}

/** Whether the answer was that there is no such thing (or none that the asker may know of). */
export function isNotFound(error: unknown): boolean {
  return error instanceof Problem && error.status === 404
}

function words(status: number): string {
  if (status === 413) return 'That is too large.'
  if (status === 422) return 'Some of this was not accepted.'
  if (status === 429) return 'That was a little fast. Please wait a moment.'
  if (status === 503) return 'The shop is busy for a moment.'
  return status >= 500 ? 'The shop has a problem of its own.' : `The shop refused this (${status}).`
}

function secondsOf(header: string | null): number | null {
  const seconds = Number(header ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isFault(value: unknown): value is Fault {
  return isRecord(value) && Array.isArray(value.loc) && typeof value.msg === 'string'
}

function isLine(value: unknown): value is Line {
  return isRecord(value) && typeof value.product_id === 'number'
}
