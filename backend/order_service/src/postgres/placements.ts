import { fragment, hadNoEffect, type Sql, type Transaction } from '@tallyshop/service-kit/postgres'
import { OutcomePending } from '../domain/errors.ts'
import {
  type Answer,
  type Answers,
  itemsOf,
  type Placement,
  type Placements,
  type Verdict,
} from '../domain/placement.ts'
import { insertOrder } from './orders.ts'

/** Longer than an attempt takes, but for a bad day: two at work on one order then settle it once all the same. */
const leaseSeconds = 15

/** Wishes in our database. All lease times are the database's clock. */
export function createPlacements(sql: Sql, answers: Answers): Placements {
  return {
    async begin({ orderUid, key, requestHash, request }) {
      try {
        const { count } = await sql`
          insert into placements (order_uid, key, request_hash, request, lease_until)
          values (${orderUid}, ${key}, ${requestHash}, ${JSON.stringify(request)}, ${lease})
          on conflict (key) do nothing`
        return count === 1
      } catch (cause) {
        if (hadNoEffect(cause)) throw cause
        throw new OutcomePending('It is not known whether the order was noted.', { cause })
      }
    },

    async findByKey(key) {
      const [placement] = await sql<Placement[]>`select ${columns} from placements where key = ${key}`
      return placement
    },

    async takeOver(orderUid) {
      const [taken] = await sql<Placement[]>`
        update placements set lease_until = ${lease}, attempts = attempts + 1
        where order_uid = ${orderUid} and state = 'placing' and lease_until <= now() returning ${columns}`
      return taken
    },

    async giveUp({ orderUid, attempts }, retryAfterMs) {
      await sql`
        update placements set lease_until = now(), sweep_after = now() + make_interval(secs => ${retryAfterMs / 1000})
        where order_uid = ${orderUid} and state = 'placing' and attempts = ${attempts}`
    },

    async claimExpired(limit) {
      return sql<Placement[]>`
        update placements set lease_until = ${lease}, attempts = attempts + 1
        where order_uid in (
          select order_uid from placements
          where state = 'placing' and lease_until <= now() and sweep_after <= now()
          order by lease_until limit ${limit} for update skip locked)
        returning ${columns}`
    },

    async finish(placement, verdict) {
      return sql.begin(async (tx) => {
        const standing = await lockAnswer(tx, placement.orderUid)
        if (standing) return standing
        const [state, answer] = await carryOut(tx, placement, verdict, answers)
        await tx`
          update placements set state = ${state}, answer_status = ${answer.status}, answer = ${answer.body}
          where order_uid = ${placement.orderUid} and state = 'placing'`
        return answer
      })
    },
  }
}

/** The answer that stands, if any; else nobody can write one until this transaction ends. */
async function lockAnswer(tx: Transaction, orderUid: string): Promise<Answer | undefined> {
  const [placement] = await tx<[Pick<Placement, 'answerStatus' | 'answer'>]>`
    select answer_status, answer from placements where order_uid = ${orderUid} for update`
  const { answerStatus: status, answer: body } = placement
  return status === null || body === null ? undefined : { status, body }
}

async function carryOut(
  tx: Transaction,
  { orderUid, request }: Pick<Placement, 'orderUid' | 'request'>,
  verdict: Verdict,
  answers: Answers,
): Promise<['placed' | 'refused' | 'abandoned', Answer]> {
  if (verdict.verdict === 'void') return ['abandoned', answers.abandoned(request.requestId)]
  if (verdict.verdict === 'rejected')
    return ['refused', answers.refused(verdict.rejection, request.requestId)]
  const order = await insertOrder(tx, {
    orderUid,
    wish: request,
    items: itemsOf(request, verdict.lines),
    // Released before we knew the order: only a restore to an earlier moment does that.
    ...(verdict.verdict === 'held'
      ? { status: request.status, stockState: 'held' }
      : { status: 'cancelled', stockState: 'released' }),
  })
  return ['placed', answers.placed(order)]
}

const lease = fragment`now() + make_interval(secs => ${leaseSeconds})`

const columns = fragment`order_uid, key, request_hash, request, state, attempts, answer_status, answer,
  (extract(epoch from now() - created_at) * 1000)::float8 as age_ms`
