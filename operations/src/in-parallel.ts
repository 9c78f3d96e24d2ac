/** Does `work` with each item, up to `atOnce` of them at a time; after the first failure it takes no more and throws it. */
export async function inParallel<Item>(
  items: AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.asyncIterator]()
  let failed = false
  const workOn = async () => {
    for (;;) {
      const { done, value } = await waiting.next()
      if (done || failed) return
      await work(value)
    }
  }
  const workers = Array.from({ length: atOnce }, () =>
    workOn().catch((error: unknown) => {
      failed = true
      throw error
    }),
  )
  const outcomes = await Promise.allSettled(workers)
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure) throw failure.reason
}
