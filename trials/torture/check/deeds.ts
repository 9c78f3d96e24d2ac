import { createHash } from 'node:crypto'
import type { History, HistoryEvent, OperationKind } from '../history.ts'

/** An answer to an order, as far as it is judged. `digest` is of its text without the token, as it is stored. */
export type Told = {
  digest: string
  orderId?: number
  status?: string
  total?: string
  lines?: string
  address?: string
  token?: string
  refusal?: { code: string; lines: Record<string, number>[] }
}

export type Sent = {
  at: number
  method: string
  path: string
  key?: string
  // biome-ignore lint/suspicious/noExplicitAny: what the load sends; its checks know its shape.
  body?: any
  answer?: { at: number; status: number; code?: string; key?: string; told?: Told; text?: string }
  /** Where no answer came: why, and when that was known. */
  failure?: string
  failedAt?: number
}

/** An operation of the history: what was sent for it, and how it ended for its client. */
export type Deed = {
  operation: number
  kind: OperationKind
  client: number
  sent: Sent[]
  end?: { at: number; outcome: 'final' | 'gave_up' }
  touchedAt: number
}

/** The operations of a history, by their numbers; `update` takes in what was recorded since. */
export class Deeds {
  readonly byOperation = new Map<number, Deed>()
  /** Events that are about no operation. */
  readonly others: HistoryEvent[] = []
  readonly #history: Pick<History, 'events'>
  readonly #calls = new Map<number, { deed: Deed; sent: Sent }>()
  #read = 0

  constructor(history: Pick<History, 'events'>) {
    this.#history = history
  }

  update(): this {
    const { events } = this.#history
    for (; this.#read < events.length; this.#read += 1) {
      const event = events[this.#read]
      if (event) this.#take(event)
    }
    return this
  }

  all(): Deed[] {
    return [...this.byOperation.values()]
  }

  of(...kinds: OperationKind[]): Deed[] {
    return this.all().filter(({ kind }) => kinds.includes(kind))
  }

  #take(event: HistoryEvent): void {
    if (event.type === 'call') this.#begin(event)
    else if (event.type === 'answer' || event.type === 'no_answer') this.#answer(event)
    else if (event.type === 'end') {
      const deed = this.byOperation.get(event.operation)
      if (deed) Object.assign(deed, { end: { at: event.at, outcome: event.outcome }, touchedAt: event.at })
    } else this.others.push(event)
  }

  #begin({
    at,
    call,
    operation,
    kind,
    client,
    method,
    path,
    key,
    body,
  }: HistoryEvent & { type: 'call' }): void {
    const known = this.byOperation.get(operation)
    const deed = known ?? { operation, kind, client, sent: [], touchedAt: at }
    const sent = { at, method, path, ...(key !== undefined && { key }), ...(body !== undefined && { body }) }
    deed.sent.push(sent)
    deed.touchedAt = at
    this.byOperation.set(operation, deed)
    this.#calls.set(call, { deed, sent })
  }

  #answer(event: HistoryEvent & { type: 'answer' | 'no_answer' }): void {
    const { deed, sent } = this.#calls.get(event.call) ?? {}
    this.#calls.delete(event.call)
    if (!deed || !sent) return
    deed.touchedAt = event.at
    if (event.type === 'no_answer') {
      sent.failure = event.error
      sent.failedAt = event.at
      return
    }
    const { at, status, code, key, text } = event
    const isVerdict = deed.kind === 'order' && (status === 201 || (status === 409 && code !== 'in_progress'))
    sent.answer = {
      at,
      status,
      ...(code !== undefined && { code }),
      ...(key !== undefined && { key }),
      ...(isVerdict && { told: readTold(text ?? '') }),
      ...(!isVerdict && text !== undefined && { text }),
    }
  }
}

export type ToldAnswer = NonNullable<Sent['answer']> & { told: Told }

/** The first answer that told what became of an order. */
export function toldAnswer(sent: Sent[]): ToldAnswer | undefined {
  for (const { answer } of sent) if (answer?.told) return { ...answer, told: answer.told }
  return undefined
}

/** Lines in one form, whoever tells them: `12*3@4.50 14*1@0.99`, in the order of the products. */
export function describeLines(lines: { productId: number; quantity: number; price: number }[]): string {
  return [...lines]
    .sort((a, b) => a.productId - b.productId)
    .map(({ productId, quantity, price }) => `${productId}*${quantity}@${price.toFixed(2)}`)
    .join(' ')
}

/** An answer about one order; of a text that is none, its digest alone. */
export function readTold(text: string): Told {
  const token = /,"order_token":"([\w-]+)"\}$/.exec(text)
  const stored = token ? `${text.slice(0, token.index)}}` : text
  const digest = createHash('md5').update(stored).digest('hex')
  try {
    const said = JSON.parse(stored)
    if (said.code) return { digest, refusal: { code: said.code, lines: said.lines ?? [] } }
    const lines = said.items.map((item: Record<string, number>) => ({
      productId: item.product_id,
      quantity: item.quantity,
      price: item.price_at_purchase,
    }))
    return {
      digest,
      orderId: said.order_id,
      status: said.status,
      total: said.total_amount.toFixed(2),
      lines: describeLines(lines),
      address: said.shipping_address,
      ...(token?.[1] && { token: token[1] }),
    }
  } catch {
    return { digest }
  }
}
