/** A call as it arrived; `orderUid` is empty where the address names none. */
export type Call = {
  method: string
  url: string
  orderUid: string
  requestId: string | string[] | undefined
  body: unknown
}

export type Reply = { status: number; body: unknown; headers?: Record<string, string> }

/** How the neighbour treats a call: `act` carries it out and gives the proper reply; undefined ends the connection. */
export type Manner = (act: () => Reply, call: Call) => Reply | undefined | Promise<Reply | undefined>

export const answerProperly: Manner = (act) => act()

export const dropBeforeActing: Manner = () => undefined

export const dropAfterActing: Manner = (act) => {
  act()
  return undefined
}

/** Carries the call out and says something else. */
export function actAndSay(status: number, body: unknown): Manner {
  return (act) => {
    act()
    return { status, body }
  }
}

export function say(status: number, body: unknown, headers: Record<string, string> = {}): Manner {
  return () => ({ status, body, headers })
}

/** The first `times` calls meet `manner`, the rest `then`. */
export function first(times: number, manner: Manner, then = answerProperly): Manner {
  let left = times
  return (act, call) => (left-- > 0 ? manner(act, call) : then(act, call))
}

/** Keeps calls waiting, before or after it has acted, until they are let go. */
export function hold(when: 'before' | 'after'): { manner: Manner; letGo: () => void; count: () => number } {
  const gate = Promise.withResolvers<void>()
  let count = 0
  const manner: Manner = async (act) => {
    const early = when === 'after' ? act() : undefined
    count += 1
    await gate.promise
    return early ?? act()
  }
  return { manner, letGo: () => gate.resolve(), count: () => count }
}
