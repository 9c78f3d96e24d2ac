import type { Arguments } from './arguments.ts'
import type { HistoryEvent } from './history.ts'
import { figuresOf } from './report/figures.ts'

/** What a run fell short of, in sentences: too little was done, or done to it, to prove anything. */
export function shortfalls(events: HistoryEvent[], { orders, deaths, hits }: Arguments['atLeast']): string[] {
  const figures = figuresOf(events)
  const died = Object.values(figures.deaths).reduce((sum, each) => sum + each, 0)
  const missed = Object.entries(figures.windows).filter(([, count]) => count < hits)
  return [
    ...(figures.acknowledged < orders ? [`${figures.acknowledged} orders of at least ${orders}`] : []),
    ...(died < deaths ? [`${died} deaths of at least ${deaths}`] : []),
    ...missed.map(([window, count]) => `window "${window}" was hit ${count} times of at least ${hits}`),
  ]
}
