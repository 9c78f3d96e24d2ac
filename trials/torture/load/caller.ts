import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { History, OperationKind } from '../history.ts'

/** One request of an operation, on its way to one of the shop's addresses. */
export type Sending = {
  operation: number
  kind: OperationKind
  method: string
  /** The address of the service or store; `path` is what the history says of it. */
  base: string
  path: string
  /** What is asked for, where it is more than the path: a signature is nobody's business. */
  query?: string
  key?: string | undefined
  headers?: OutgoingHttpHeaders
  body?: unknown
  form?: { type: string; bytes: Buffer }
}

export type Answer = {
  status: number
  code?: string
  key?: string
  retryAfterMs: number
  etag?: string
  text: string
}

/** `unsent`: it surely did not come to a service. */
export type NoAnswer = { error: string; unsent: boolean }

export type Outcome = Answer | NoAnswer

export type Caller = { call: (sending: Sending) => Promise<Outcome>; close: () => void }

const longestCallMs = 12_000

/**
 * Sends requests of one client over its own connections, each for at most 12 s, and records both ends of each under the
 * number that `nextCall` gives. Never throws.
 */
export function createCaller(client: number, history: History, nextCall: () => number): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  return {
    close: () => agent.destroy(),
    call: async (sending) => {
      const call = nextCall()
      const { operation, kind, method, path, key, body } = sending
      const said = { ...(key !== undefined && { key }), ...(body !== undefined && { body }) }
      history.record({ type: 'call', call, operation, kind, client, method, path, ...said })
      const outcome = await exchange(agent, sending).catch(toNoAnswer)
      if ('error' in outcome) history.record({ type: 'no_answer', call, error: outcome.error })
      else history.record({ type: 'answer', call, ...worthKeeping(sending, outcome) })
      return outcome
    },
  }
}

async function exchange(agent: Agent, sending: Sending): Promise<Outcome> {
  const { method, base, path, query = '', key, body, form } = sending
  const bytes = form?.bytes ?? (body === undefined ? undefined : Buffer.from(JSON.stringify(body)))
  const headers: OutgoingHttpHeaders = {
    ...(bytes && { 'content-type': form?.type ?? 'application/json', 'content-length': bytes.length }),
    ...(key !== undefined && { 'idempotency-key': key }),
    ...sending.headers,
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const outgoing = request(`${base}${path}${query}`, { agent, method, headers }, resolve)
  const timer = setTimeout(() => outgoing.destroy(new Error('time-out')), longestCallMs)
  outgoing.on('error', reject)
  outgoing.end(bytes)
  try {
    const incoming = await promise
    return toOutcome(incoming, await text(incoming), sending)
  } finally {
    clearTimeout(timer)
  }
}

function toOutcome(
  { statusCode: status = 0, headers }: IncomingMessage,
  said: string,
  { kind }: Sending,
): Outcome {
  // Every answer of a service has an id. What has none was made up on the way to it.
  if (status >= 500 && kind !== 'picture' && headers['x-request-id'] === undefined) {
    return { error: `${status} on the way`, unsent: headers['x-edge'] === 'no target' }
  }
  const key = headers['idempotency-key']
  const code = status >= 400 ? codeIn(said) : undefined
  return {
    status,
    text: said,
    retryAfterMs: 1000 * Number(headers['retry-after'] ?? 0) || 0,
    ...(code !== undefined && { code }),
    ...(typeof key === 'string' && { key }),
    ...(headers.etag !== undefined && { etag: headers.etag }),
  }
}

/** The check reads what was said of single things, and what went wrong; the rest would only fill the memory. */
function worthKeeping({ kind }: Sending, { status, code, key, text: said }: Answer) {
  const ofOrder = kind === 'order' || kind === 'reused_key'
  const isTold = ofOrder || ['create_product', 'edit_price', 'read'].includes(kind)
  const keepsText = isTold || (status >= 500 && kind !== 'picture')
  return {
    status,
    ...(code !== undefined && { code }),
    ...(ofOrder && key !== undefined && { key }),
    ...(keepsText && { text: said }),
  }
}

function codeIn(said: string): string | undefined {
  try {
    const { code } = JSON.parse(said)
    return typeof code === 'string' ? code : undefined
  } catch {
    return undefined
  }
}

function toNoAnswer(error: NodeJS.ErrnoException): NoAnswer {
  return { error: error.code ?? error.message, unsent: error.code === 'ECONNREFUSED' }
}
