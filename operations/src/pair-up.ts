type Keyed = { orderUid: string }
export type Pair<Left, Right> = { left?: Left; right?: Right }

/** Walks two streams that are both sorted by `orderUid` and yields what belongs together, or stands alone. */
export async function* pairUp<Left extends Keyed, Right extends Keyed>(
  lefts: AsyncGenerator<Left>,
  rights: AsyncGenerator<Right>,
): AsyncGenerator<Pair<Left, Right>> {
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
