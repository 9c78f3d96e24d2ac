import type { HistoryEvent } from '../history.ts'
import type { TrialShop } from '../shop/shop.ts'
import { isDeath } from './figures.ts'

const everyMs = 5_000

/** Says every five seconds how far it is, what was done to the shop since, and who is up. */
export function startProgress(say: (line: string) => void = console.log) {
  let saidAt = 0
  let seen = 0
  let acknowledged = 0
  let crashes = 0
  let findings = 0
  return {
    show: (events: HistoryEvent[], { services }: Pick<TrialShop, 'services'>) => {
      const now = events.at(-1)?.at ?? 0
      if (now - saidAt < everyMs) return
      saidAt = now
      const recent = events.slice(seen)
      seen = events.length
      // An order that was sent twice is told twice: near enough for a line that passes.
      acknowledged += recent.filter((event) => event.type === 'answer' && event.status === 201).length
      crashes += recent.filter(isDeath).length
      findings += recent.filter(({ type }) => type === 'finding').length
      const faults = recent.flatMap((event) =>
        event.type === 'fault' && event.phase === 'begin' ? [`${event.fault} (${event.on})`] : [],
      )
      const down = services.filter((service) => !service.isRunning()).map(({ name }) => `${name} down`)
      say(
        `${String(Math.round(now / 1_000)).padStart(5)} s  ${acknowledged} answered 201, ${crashes} crashes, ${findings} findings  ${[...down, ...faults].join('; ')}`,
      )
    },
  }
}
