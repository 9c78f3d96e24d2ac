import type { Answer } from '@tallyshop/service-kit/test-support/http'
import { createBodyCheck } from './documented-answers.ts'
import type { PlannedRequest } from './planned-request.ts'
import { faultsInSums } from './sums.ts'

/** Says what is wrong with an answer, in sentences; nothing where it is as promised. */
export type Judge = (request: PlannedRequest, answer: Answer) => string[]

/**
 * What may be answered without being documented at an operation, to a request that cannot be taken for one: an address
 * that cannot be read (400), is none (404) or not by this method (405), or is somebody else's (401, 403); headers that
 * are too large (431); a body where none is asked for, that is too large (413), of another type (415) or no JSON (422).
 */
const strange = [400, 401, 403, 404, 405, 413, 415, 422, 431]

/** Where a request that is valid may be refused with 422 all the same: what is stored or decoded says so. */
const laterFaults = ['idempotency_key_reused', 'invalid_picture']

export function createJudge(): Judge {
  const faultsInBody = createBodyCheck()
  const faultsInReplay = createReplayCheck()
  return (request, answer) => {
    const { operation } = request
    const faults = [...faultsInStatus(request, answer), ...faultsInHeaders(request, answer)]
    if (request.method === 'HEAD')
      return answer.text === '' ? faults : [...faults, 'HEAD is answered with a body.']
    const body = operation?.answers.has(answer.status)
      ? faultsInBody(operation, answer.status, answer.body)
      : faultsInProblem(answer)
    return [...faults, ...body, ...faultsInSums(answer.body), ...faultsInReplay(request, answer)]
  }
}

function faultsInStatus(
  { operation, verdict, only, path }: PlannedRequest,
  { status, body }: Answer,
): string[] {
  if (status >= 500) return [`${status} while all neighbours are up.`]
  if (!operation) return strange.includes(status) ? [] : [`${status} for an address that is none.`]
  const hasId = operation.path.includes('{')
  if (only && !only.includes(status) && !(hasId && status === 404))
    return [`${status} and not ${only.join(' or ')}.`]
  if (!operation.answers.has(status)) {
    const allowed = (verdict === 'either' || only) && strange.includes(status)
    return allowed ? [] : [`${status} is not documented.`]
  }
  if (only || verdict === 'either') return []
  if (verdict === 'valid') {
    const refused =
      [400, 401, 403, 413, 415].includes(status) || (status === 422 && !laterFaults.includes(body?.code))
    return refused ? [`${status} for a request that is valid.`] : []
  }
  return [400, 404, 413, 415, 422].includes(status)
    ? []
    : [`${status} for a request that is not valid: ${path}`]
}

function faultsInHeaders(
  { headers: sent, method, operation }: PlannedRequest,
  { status, headers, text, body }: Answer,
): string[] {
  const id = headers['x-request-id']
  const asked = sent['x-request-id'] ?? ''
  const faults: string[] = []
  if (typeof id !== 'string' || !/^[\w.:-]{1,100}$/.test(id)) faults.push(`X-Request-Id is ${id}.`)
  else if (/^[\w.:-]{1,100}$/.test(asked) && status !== 431 && id !== asked)
    faults.push('X-Request-Id is not the one that was sent.')
  if (body?.request_id !== undefined && body.request_id !== id && !isStored(operation?.name, body)) {
    faults.push(`request_id is ${body.request_id}, and X-Request-Id ${id}.`)
  }
  const empty = status === 204 || status === 304 || method === 'HEAD'
  if (empty && text !== '') faults.push(`${status} with a body.`)
  if (!empty && headers['content-type'] !== 'application/json; charset=utf-8') {
    faults.push(`The content type is ${headers['content-type']}.`)
  }
  return faults
}

/** What is told again to whoever repeats an order carries the id of the request that was answered first. */
function isStored(operation: string | undefined, body: { code?: unknown }): boolean {
  return operation === placing && ['out_of_stock', 'price_changed', 'abandoned'].includes(String(body.code))
}

function faultsInProblem({ body }: Answer): string[] {
  const { detail, code, request_id, ...others } = body ?? {}
  const texts = [code, request_id].every((text) => typeof text === 'string' && text !== '')
  const says = typeof detail === 'string' || (Array.isArray(detail) && detail.every(isFault))
  return texts && says && Object.keys(others).length === 0
    ? []
    : [`No problem as they look: ${JSON.stringify(body)}`]
}

function isFault({ type, loc, msg }: Record<string, unknown>): boolean {
  return typeof type === 'string' && Array.isArray(loc) && typeof msg === 'string'
}

const placing = 'order POST /orders'

/** The same key with the same body is told the same, byte for byte, once the answer is final. */
function createReplayCheck(): Judge {
  const told = new Map<string, string>()
  return ({ operation, headers, body, method }, { status, text, body: said }) => {
    const key = headers['idempotency-key']
    const isFinal = status === 201 || (status === 409 && said?.code !== 'in_progress')
    if (operation?.name !== placing || method !== 'POST' || key === undefined || !isFinal) return []
    const wish = `${key.replaceAll('"', '')} ${body}`
    const before = told.get(wish)
    told.set(wish, text)
    if (told.size > 5_000) told.delete(told.keys().next().value ?? '')
    return before === undefined || before === text
      ? []
      : ['The same order under the same key was told something else before.']
  }
}
