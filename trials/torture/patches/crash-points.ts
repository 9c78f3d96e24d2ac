import type { Edit, Patch } from '../shop/patched-backend.ts'

const placeOrder = 'order_service/src/domain/place-order.ts'
const placements = 'order_service/src/postgres/placements.ts'
const cancelOrder = 'order_service/src/domain/cancel-order.ts'
const allocations = 'product_service/src/postgres/allocations.ts'

const settling =
  "orderUid, productIds: request.lines.map(({ productId }) => productId), by: abandonAfterMs === Infinity ? 'handler' : 'sweeper'"

/**
 * Services tell when they come to a named point of the protocol, and can be held or killed there. Text is only added to the
 * source, so that mutants find theirs.
 */
export const crashPoints: Patch = {
  name: 'crash points',
  about: 'Services tell where they are in the protocol, and can be held or killed there.',
  edits: [
    point('before the intent', (reach) =>
      behind(placements, 'async begin({ orderUid, key, requestHash, request }) {', reach('orderUid, key')),
    ),
    point('after the intent', (reach) =>
      before(placeOrder, 'return settle({ ...intent, ', reach('orderUid, key')),
    ),
    point('before asking', (reach) =>
      before(placeOrder, 'const verdict =', reach(`${settling}, abandoning: ageMs > abandonAfterMs`)),
    ),
    point('before the finish', (reach) =>
      before(
        placeOrder,
        'return { orderUid, ...(await placements.finish(',
        reach(`${settling}, verdict: verdict.verdict`),
      ),
    ),
    point('after the finish', (reach) =>
      after(placeOrder, 'placements.finish(placement, verdict)', reach(`${settling}, status: found.status`)),
    ),
    point('an answer stood', (reach) =>
      before(
        placements,
        'if (standing) return standing',
        `if (standing) ${reach('orderUid: placement.orderUid')}`,
      ),
    ),
    point('cancelled, not released', (reach) =>
      before(
        cancelOrder,
        'const { verdict } = await allocations.release(',
        reach("orderUid: order.orderUid, by: requestId ? 'handler' : 'sweeper'"),
      ),
    ),
    point('verdict not committed', (reach) => [
      before(allocations, "return { verdict: 'held', lines: judgement }", reach("orderUid, verdict: 'held'")),
      after(allocations, 'return reject(tx, orderUid, judgement)', reach('orderUid, verdict: found.verdict')),
    ]),
    point('a verdict stood', (reach) =>
      after(
        allocations,
        "'held'))) return getAllocation(tx, orderUid)",
        reach('orderUid, verdict: found.verdict'),
      ),
    ),
    point('void stood', (reach) =>
      after(
        allocations,
        "'held'))) return getAllocation(tx, orderUid)",
        `found.verdict === 'void' && ${reach('orderUid')}`,
      ),
    ),
    point('verdict committed', (reach) =>
      around('allocate', 'lines', reach('orderUid, verdict: found.verdict')),
    ),
    point('release committed', (reach) => around('release', '', reach('orderUid, verdict: found.verdict'))),
    point('abandonment committed', (reach) =>
      around('abandon', '', reach('orderUid, verdict: found.verdict')),
    ),
  ].flat(),
}

/** The expression that reaches it with these facts: the inside of an object. */
type Reach = (facts: string) => string

function point(name: string, makeEdits: (reach: Reach) => Edit | Edit[]): Edit[] {
  return [makeEdits((facts) => `await globalThis.torture?.reach('${name}', { ${facts} })`)].flat()
}

function before(file: string, find: string, statement: string): Edit {
  return { file, find, replace: `${statement}\n${find}` }
}

function behind(file: string, find: string, statement: string): Edit {
  return { file, find, replace: `${find}\n${statement}` }
}

/** Behind an expression that promises something, which is then called `found`. */
function after(file: string, find: string, expression: string): Edit {
  return { file, find, replace: `${find}.then(async (found) => (${expression}, found))` }
}

/** Around a whole transaction on allocations, whose result is then called `found`. */
function around(name: string, furtherArgument: string, statement: string): Edit {
  const find = `export async function ${name}(`
  const further = furtherArgument && `, ${furtherArgument}`
  const replace = `export async function ${name}(sql: Sql, orderUid: string${further && `${further}: RequestedLine[]`}) {
  const found = await ${name}AndCommit(sql, orderUid${further})
  ${statement}
  return found
}

async function ${name}AndCommit(`
  return { file: allocations, find, replace }
}
