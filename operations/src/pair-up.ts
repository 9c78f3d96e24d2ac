export type Pair<Left, Right> = { left?: Left; right?: Right }

/** Walks two streams that are both sorted by their key and yields what belongs together, or stands alone. */
export async function* pairUp<Left, Right>(
  lefts: AsyncGenerator<Left>,
  rights: AsyncGenerator<Right>,
  keyOf: (item: Left | Right) => string,
): AsyncGenerator<Pair<Left, Right>> {
  let left = await lefts.next()
  let right = await rights.next()
  while (!left.done || !right.done) {
    const order = compare(
      left.done ? undefined : keyOf(left.value),
      right.done ? undefined : keyOf(right.value),
    )
    yield {
      ...(order <= 0 && !left.done && { left: left.value }),
      ...(order >= 0 && !right.done && { right: right.value }),
    }
    if (order <= 0) left = await lefts.next()
    if (order >= 0) right = await rights.next()
  }
}

/** Negative where the left comes first; a stream that is at its end comes last. */
function compare(left: string | undefined, right: string | undefined): number {
  if (left === right) return 0
  if (left === undefined) return 1
  return right === undefined || left < right ? -1 : 1
}
