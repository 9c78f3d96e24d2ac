import type { Figures as Checked } from '../check/check.ts'
import type { HistoryEvent } from '../history.ts'
import { type Figures, figuresOf } from './figures.ts'

export type Facts = {
  seed: number
  settledMs: number | undefined
  samples: number
  reconciled: string
  restores: string[]
  figures: Checked | undefined
}

/** The table at the end of a run, as Markdown, so that it can be kept. */
export function tableOf(
  events: HistoryEvent[],
  { seed, settledMs, samples, reconciled, restores, figures: checked }: Facts,
): string {
  const figures = figuresOf(events)
  const deaths = Object.values(figures.deaths).reduce((sum, each) => sum + each, 0)
  const rows: [string, string][] = [
    ['seed', String(seed)],
    ['time', `${figures.seconds} s`],
    ['operations', `${figures.operations}: ${list(figures.byKind)}`],
    ['orders acknowledged (201)', String(figures.acknowledged)],
    ['orders refused, called off', `${figures.refused}, ${figures.abandoned}`],
    ['without key and without any answer', String(figures.gaveUp)],
    ['requests; unanswered; 503', `${figures.calls}; ${figures.unanswered}; ${figures.unavailable}`],
    ['order, first sending to final answer', describeLatency(figures)],
    ['processes that died', `${deaths}: ${list(figures.deaths)}`],
    ['faults', list(figures.faults)],
    ['faults that were not done', list(figures.notDone)],
    ['refused while what was missing was on its way back', String(checked?.refusedHastily ?? 'not counted')],
    ['most memory, MB', list(figures.mostMegabytes)],
    ['processes that lived long enough to judge their growth', String(checked?.lives ?? 0)],
    [
      'all settled after the last fault',
      settledMs === undefined ? 'NOT' : `${(settledMs / 1_000).toFixed(1)} s`,
    ],
    ['samples amid faults', String(samples)],
    ['reconcile', reconciled],
    ...restores.map((restore, index): [string, string] => [`restore ${index + 1}`, restore]),
    ['findings', String(figures.findings.length)],
  ]
  return [
    markdown(['', ''], rows),
    markdown(
      ['window of the protocol', 'hit'],
      Object.entries(figures.windows).map(([name, hits]) => [name, String(hits)]),
    ),
  ].join('\n\n')
}

function describeLatency({ latency: { median, p99, longest } }: Figures): string {
  return `median ${median} ms, 99 % within ${(p99 / 1_000).toFixed(1)} s, longest ${(longest / 1_000).toFixed(1)} s`
}

/** Names with their numbers, the greatest first. */
export function list(counts: Record<string, number>): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a)
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
}

/** A Markdown table whose columns are padded. */
export function markdown([left, right]: [string, string], rows: [string, string][]): string {
  const width = Math.max(...[left, ...rows.map(([name]) => name)].map(({ length }) => length))
  const row = (a: string, b: string) => `| ${a.padEnd(width)} | ${b} |`
  return [row(left, right), `|${'-'.repeat(width + 2)}|---|`, ...rows.map(([a, b]) => row(a, b))].join('\n')
}
