import type { HistoryEvent } from '../history.ts'
import { type OrderOutcome, ordersOf, quantile } from './figures.ts'
import { escapeHtml, seconds } from './html.ts'
import { type Lane, lanesOf } from './lanes.ts'

const width = 1_160
const left = 150
const plotWidth = width - left - 10
const loadHeight = 110
const latencyHeight = 110
const laneHeight = 15
const gap = 34

/** Load, latency and faults over time, as an SVG. */
export function drawTimeline(events: HistoryEvent[]): string {
  const lastMs = Math.max(1_000, events.at(-1)?.at ?? 0)
  const x = (at: number) => left + (at / lastMs) * plotWidth
  const lanes = lanesOf(events, lastMs)
  const lanesTop = 20 + loadHeight + gap + latencyHeight + gap
  const height = lanesTop + lanes.length * laneHeight + 40
  const ends = { x, lastMs }
  const orders = ordersOf(events)
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Timeline of load, latency and faults">
${drawLoad(orders, ends)}
${drawLatency(orders, ends)}
${lanes.map((lane, index) => drawLane(lane, lanesTop + index * laneHeight, x)).join('\n')}
${drawFindings(events, height, x)}
${drawTimes(lastMs, height, x)}
</svg>`
}

type Ends = { x: (at: number) => number; lastMs: number }

function drawLoad(orders: OrderOutcome[], { x, lastMs }: Ends): string {
  const bucketMs = bucketFor(lastMs)
  const rates = new Array(Math.ceil(lastMs / bucketMs)).fill(0)
  for (const { status, began, ms = 0 } of orders) {
    if (status === 201)
      rates[Math.min(rates.length - 1, Math.floor((began + ms) / bucketMs))] += 1_000 / bucketMs
  }
  const most = Math.max(1, ...rates)
  const base = 20 + loadHeight
  const bars = rates.map((rate, index) => {
    const tall = (rate / most) * loadHeight
    const wide = x((index + 1) * bucketMs) - x(index * bucketMs)
    const words = `${seconds(index * bucketMs)}: ${rate.toFixed(1)} orders/s`
    return `<rect class="load" x="${f(x(index * bucketMs))}" y="${f(base - tall)}" width="${f(Math.max(0.5, wide - 0.4))}" height="${f(tall)}"><title>${words}</title></rect>`
  })
  return `${axis('orders acknowledged per second', 20, loadHeight, [
    [0, String(Math.round(most))],
    [1, '0'],
  ])}${bars.join('')}`
}

/** On a scale of powers of ten, from 1 ms to 100 s. */
function drawLatency(orders: OrderOutcome[], { x, lastMs }: Ends): string {
  const top = 20 + loadHeight + gap
  const bucketMs = bucketFor(lastMs)
  const answered = orders.flatMap(({ began, ms }) => (ms === undefined ? [] : { began, ms }))
  const buckets = Map.groupBy(answered, ({ began, ms }) => Math.floor((began + ms) / bucketMs))
  const y = (ms: number) => top + latencyHeight * (1 - Math.min(1, Math.log10(Math.max(1, ms)) / 5))
  const path = (share: number) =>
    [...buckets]
      .sort(([a], [b]) => a - b)
      .map(([bucket, all], index) => {
        const ms = quantile(
          all.map(({ ms }) => ms).sort((a, b) => a - b),
          share,
        )
        return `${index === 0 ? 'M' : 'L'}${f(x((bucket + 0.5) * bucketMs))} ${f(y(ms))}`
      })
      .join('')
  const marks = ['100 s', '10 s', '1 s', '100 ms', '10 ms', '1 ms'].map((label, index): [number, string] => [
    index / 5,
    label,
  ])
  return `${axis('from the first sending of an order to its final answer: median, and longest', top, latencyHeight, marks)}<path class="longest" d="${path(1)}"/><path class="median" d="${path(0.5)}"/>`
}

function drawLane({ name, marks }: Lane, y: number, x: (at: number) => number): string {
  const rects = marks.map(({ from, to, kind, words }) => {
    const wide = Math.max(2.5, x(to) - x(from))
    return `<rect class="${kind}" x="${f(x(from))}" y="${y + 2}" width="${f(wide)}" height="${laneHeight - 4}"><title>${escapeHtml(words)}</title></rect>`
  })
  return `<line class="axis" x1="${left}" x2="${width - 10}" y1="${y + laneHeight}" y2="${y + laneHeight}"/><text x="${left - 8}" y="${y + 11}" text-anchor="end">${escapeHtml(name)}</text>${rects.join('')}`
}

function drawFindings(events: HistoryEvent[], height: number, x: (at: number) => number): string {
  return events
    .filter((event) => event.type === 'finding')
    .slice(0, 200)
    .map(
      ({ at, check, detail }) =>
        `<line class="finding" x1="${f(x(at))}" x2="${f(x(at))}" y1="20" y2="${height - 30}"><title>${escapeHtml(`${check}: ${detail}`)}</title></line>`,
    )
    .join('')
}

function drawTimes(lastMs: number, height: number, x: (at: number) => number): string {
  const steps = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600]
  const step = 1_000 * (steps.find((each) => lastMs / (each * 1_000) <= 15) ?? 1_200)
  const times = Array.from({ length: Math.floor(lastMs / step) + 1 }, (_, index) => index * step)
  return times
    .map((at) => `<text x="${f(x(at))}" y="${height - 12}" text-anchor="middle">${at / 1_000} s</text>`)
    .join('')
}

function axis(label: string, top: number, tall: number, marks: [number, string][]): string {
  const lines = marks.map(([share, text]) => {
    const y = f(top + share * tall)
    return `<line class="axis" x1="${left}" x2="${width - 10}" y1="${y}" y2="${y}"/><text x="${left - 8}" y="${y}" dy="4" text-anchor="end">${text}</text>`
  })
  return `<text x="${left}" y="${top - 6}">${label}</text>${lines.join('')}`
}

/** About two hundred of them, none shorter than half a second. */
function bucketFor(lastMs: number): number {
  return Math.max(500, Math.ceil(lastMs / 200 / 500) * 500)
}

function f(value: number): string {
  return value.toFixed(1)
}
