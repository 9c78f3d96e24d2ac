import { lineTotal, type NewItem, type Order, type RecordableStatus } from './order.ts'

/** What somebody wants to order, validated, as it is kept until it is settled. */
export type Wish = {
  userId: number | null
  shippingAddress: string | null
  status: RecordableStatus
  /** In the buyer's order; a product may stand on several lines. */
  lines: WantedLine[]
  /** Who asked, for the order's history, and under which request id, for the answer's. */
  actor: string
  requestId: string
}

export type WantedLine = { productId: number; quantity: number; expectedPrice?: number | undefined }

export type Placement = {
  orderUid: string
  key: string
  requestHash: string
  request: Wish
  state: 'placing' | 'placed' | 'refused' | 'abandoned'
  attempts: number
  /** Since the intent, by the database's clock. */
  ageMs: number
  answerStatus: number | null
  answer: string | null
}

/** What a buyer is told, for ever the same: `body` is the text of a JSON object. */
export type Answer = { status: number; body: string }

export type AllocatedLine = { productId: number; quantity: number; unitPrice: number; name: string }

/** Why an order gets nothing, as the product service put it. */
export type Rejection = { code: 'out_of_stock' | 'price_changed'; lines: Record<string, number>[] }

/** What the product service decided about an order, once and for all. */
export type Verdict =
  | { verdict: 'held' | 'released'; lines: AllocatedLine[] }
  | { verdict: 'rejected'; rejection: Rejection }
  | { verdict: 'void' }

/** The neighbour that keeps the stock. Every call may be repeated; each throws NoVerdict where none was heard. */
export type Allocations = {
  allocate(orderUid: string, lines: WantedLine[], requestId: string): Promise<Verdict>
  release(orderUid: string, requestId?: string): Promise<Verdict>
  abandon(orderUid: string, requestId: string): Promise<Verdict>
  /** False while it has failed several times in a row: better to refuse an order than to note and not settle it. */
  isReachable(): boolean
}

/** Our memory of wishes. */
export type Placements = {
  /** Notes a new wish under a short lease; false where its key is known already. */
  begin(intent: Pick<Placement, 'orderUid' | 'key' | 'requestHash' | 'request'>): Promise<boolean>
  findByKey(key: string): Promise<Placement | undefined>
  /** Takes the lease of a placement that nobody is working on; undefined where somebody is, or it is settled. */
  takeOver(orderUid: string): Promise<Placement | undefined>
  /** Gives the lease up after an attempt that settled nothing; the sweeper leaves it alone for `retryAfterMs`. A
   * lease that somebody else has taken meanwhile stays theirs. */
  giveUp(attempt: Pick<Placement, 'orderUid' | 'attempts'>, retryAfterMs: number): Promise<void>
  /** Takes the leases of up to `limit` placements that nobody is working on and whose pause is over. */
  claimExpired(limit: number): Promise<Placement[]>
  /** Writes the verdict's outcome down and returns what the buyer is told; who comes second gets what stands. */
  finish(placement: Pick<Placement, 'orderUid' | 'request'>, verdict: Verdict): Promise<Answer>
}

/** How outcomes are put into words; the texts are stored. */
export type Answers = {
  placed(order: Order): Answer
  refused(rejection: Rejection, requestId: string): Answer
  abandoned(requestId: string): Answer
}

/** The items of an order as they were allocated: one per product, in the order of the buyer's lines. */
export function itemsOf(wish: Wish, allocated: AllocatedLine[]): NewItem[] {
  const byProduct = new Map(allocated.map((line) => [line.productId, line]))
  const wanted = new Set(wish.lines.map(({ productId }) => productId))
  return [...wanted].map((productId) => {
    const line = byProduct.get(productId)
    if (!line) throw new Error(`The verdict leaves out product ${productId}.`)
    const { quantity, unitPrice, name } = line
    return {
      productId,
      productName: name,
      quantity,
      priceAtPurchase: unitPrice,
      itemTotal: lineTotal(unitPrice, quantity),
    }
  })
}
