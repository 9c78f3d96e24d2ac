import type { HistoryEvent } from '../history.ts'
import type { AddFinding } from './finding.ts'

const mostMegabytes = 500
const warmUpMs = 30_000
/** Less says nothing about growth. */
const leastReadings = 12

/** `unhandled`: what was up ended by itself, or not with exit code 0 when it was asked to. A start that fails is no such end. */
export function judgeExits(events: HistoryEvent[], add: AddFinding): void {
  const up = new Set<string>()
  for (const event of events) {
    if (event.type === 'start') up.add(event.on)
    if (event.type !== 'exit') continue
    const wasUp = up.delete(event.on)
    if (wasUp && (!event.asked || /code [1-9]/.test(event.how))) {
      add('unhandled', `${event.on} ended with ${event.how}${event.asked ? ' when it was asked to' : ''}.`)
    }
  }
}

/**
 * `memory`: a process over 500 MB, or one that ends its life at more than twice what it had when it was warm, and 64 MB
 * more. Returns how many lives were long enough to tell.
 */
export function judgeMemory(events: HistoryEvent[], add: AddFinding): number {
  let lives = 0
  const readings = new Map<string, { at: number; megabytes: number }[]>()
  for (const event of events) {
    if (event.type !== 'memory') continue
    const process = `${event.on} (${event.pid})`
    readings.set(process, [...(readings.get(process) ?? []), event])
  }
  for (const [process, all] of readings) {
    const most = Math.max(...all.map(({ megabytes }) => megabytes))
    if (most > mostMegabytes) add('memory', `${process} had ${most} MB.`)
    const warm = all.filter(({ at }) => at >= (all[0]?.at ?? 0) + warmUpMs)
    if (warm.length < leastReadings) continue
    lives += 1
    const quarter = Math.floor(warm.length / 4)
    const [early, late] = [median(warm.slice(0, quarter)), median(warm.slice(-quarter))]
    if (late > 2 * early && late > early + 64)
      add('memory', `${process} grew from ${early} MB to ${late} MB.`)
  }
  return lives
}

function median(readings: { megabytes: number }[]): number {
  const sorted = readings.map(({ megabytes }) => megabytes).toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
