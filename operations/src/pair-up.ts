type Keyed = { orderUid: string }
export type Pair<Left, Right> = { left?: Left; right?: Right }

/**
 * Walks two streams that are both sorted by `orderUid` and yields what belongs together, or stands alone. Holds one page
 * of each, however many there are.
 */
export async function* pairUp<Left extends Keyed, Right extends Keyed>(
  leftPages: AsyncIterable<Left[]>,
  rightPages: AsyncIterable<Right[]>,
): AsyncGenerator<Pair<Left, Right>> {
  const lefts = flatten(leftPages)
  const rights = flatten(rightPages)
  let left = (await lefts.next()).value
  let right = (await rights.next()).value
  while (left || right) {
    const takeLeft = left && (!right || left.orderUid <= right.orderUid)
    const takeRight = right && (!left || right.orderUid <= left.orderUid)
    yield { ...(takeLeft && left && { left }), ...(takeRight && right && { right }) }
    if (takeLeft) left = (await lefts.next()).value
    if (takeRight) right = (await rights.next()).value
  }
}

async function* flatten<Row>(pages: AsyncIterable<Row[]>): AsyncGenerator<Row, undefined> {
  for await (const page of pages) yield* page
  return undefined
}
