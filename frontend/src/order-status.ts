export const statuses = ['pending', 'processing', 'shipped', 'delivered', 'cancelled'] as const
export type Status = (typeof statuses)[number]

/** The road of an order that is not cancelled, in order. */
export const track = ['pending', 'processing', 'shipped', 'delivered'] as const

/** The statuses an order may move to from this one: forward jumps; cancelled only before the goods leave; nothing at the end. */
export function movesFrom(status: Status): Status[] {
  const here = (track as readonly Status[]).indexOf(status)
  if (here < 0) return []
  return [...track.slice(here + 1), ...(canCancel(status) ? (['cancelled'] as const) : [])]
}

/** Whether the goods are still here, so that cancelling can put them back. */
export function canCancel(status: Status): boolean {
  return status === 'pending' || status === 'processing'
}

/** Whether nothing will happen to this order any more. */
export function isFinal(status: Status): boolean {
  return status === 'delivered' || status === 'cancelled'
}

/** The status as a word of a sentence beginning: `Pending`. */
export function statusWord(status: Status): string {
  return status.charAt(0).toUpperCase() + status.slice(1)
}
