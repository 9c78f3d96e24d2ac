import type { HistoryEvent } from '../history.ts'
import { isDeath } from './figures.ts'
import { seconds } from './html.ts'

export type Mark = { from: number; to: number; kind: 'fault' | 'crash' | 'window'; words: string }
export type Lane = { name: string; marks: Mark[] }

/** What was done to each part of the shop, and when it died: a lane a part. */
export function lanesOf(events: HistoryEvent[], lastMs: number): Lane[] {
  const lanes = new Map<string, Mark[]>()
  const put = (name: string, mark: Mark) => lanes.set(name, [...(lanes.get(name) ?? []), mark])
  const begun = new Map<string, number>()
  for (const event of events) {
    if (event.type === 'fault' && event.detail !== 'left out') {
      const key = `${event.fault} ${event.on}`
      if (event.phase === 'begin') begun.set(key, event.at)
      else put(event.on, spanOf(event.fault, begun.get(key) ?? event.at, event.at))
      if (event.phase === 'end') begun.delete(key)
    }
    if (isDeath(event)) {
      put(event.on, { ...spanOf(`died: ${event.how}`, event.at, event.at), kind: 'crash' })
    }
    if (event.type === 'window') {
      put('windows', { ...spanOf(`${event.window} (${event.on})`, event.at, event.at), kind: 'window' })
    }
  }
  for (const [key, from] of begun) {
    const on = key.split(' ').at(-1) ?? key
    put(on, spanOf(key, from, lastMs))
  }
  return [...lanes].map(([name, marks]) => ({ name, marks })).sort((a, b) => a.name.localeCompare(b.name))
}

function spanOf(fault: string, from: number, to: number): Mark {
  const words = to > from ? `${fault}, ${seconds(from)} to ${seconds(to)}` : `${fault}, at ${seconds(from)}`
  return { from, to, kind: 'fault', words }
}
