import { findingsIn, type HistoryEvent } from '../history.ts'
import { drawTimeline } from './timeline.ts'

/** The report of a run as one page that needs nothing else: the table, the findings, and the timeline as a plot. */
export function htmlOf(events: HistoryEvent[], table: string, { title }: { title: string }): string {
  const findings = findingsIn(events)
  const verdict =
    findings.length === 0
      ? '<p class="fine">Nothing was found.</p>'
      : `<ol class="findings">${findings
          .slice(0, 200)
          .map(
            ({ check, detail, at }) =>
              `<li><b>${escapeHtml(check)}</b> at ${seconds(at)}: ${escapeHtml(detail)}</li>`,
          )
          .join('')}</ol>`
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<h1>${escapeHtml(title)}</h1>
${verdict}
<figure>${drawTimeline(events)}<figcaption>Load, latency, and what was done to each part of the shop meanwhile: faults as bars, deaths in
red, crash windows of the protocol below. Point at a mark to read it.</figcaption></figure>
${tablesOf(table)}
</html>
`
}

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1d2733, #dde4ec); --soft: light-dark(#6b7785, #93a0ae);
  --line: light-dark(#d9dfe5, #38424e); --paper: light-dark(#fff, #14191f); --load: light-dark(#2563a8, #6ea8e6);
  --late: light-dark(#b45309, #f0a04b); --fault: light-dark(#8b2f5f, #d783ae); --bad: light-dark(#b91c1c, #f87171) }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; padding: 0 1rem; max-width: 1200px }
h1 { font-size: 1.4rem } figure { margin: 1.5rem 0; overflow-x: auto } figcaption { color: var(--soft) }
table { border-collapse: collapse; margin: 1.5rem 0 } td, th { border-bottom: 1px solid var(--line); padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top } td:first-child { white-space: nowrap }
.fine { color: var(--load) } .findings { color: var(--bad) }
svg { min-width: 900px; width: 100% } svg text { font: 11px system-ui, sans-serif; fill: var(--soft) } .axis { stroke: var(--line); stroke-width: 1 }
.load { fill: var(--load); opacity: .75 } .median { stroke: var(--late); fill: none; stroke-width: 1.5 } .longest { stroke: var(--late); fill: none; opacity: .45 }
.fault { fill: var(--fault); opacity: .8 } .crash { fill: var(--bad) } .window { fill: var(--load) } .finding { stroke: var(--bad); stroke-width: 2 }
`

function tablesOf(markdown: string): string {
  return markdown
    .split('\n\n')
    .map((block) => {
      const [head, , ...rows] = block.split('\n').map((line) => line.split('|').slice(1, -1))
      const cells = (row: string[] = [], tag: string) =>
        `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell.trim())}</${tag}>`).join('')}</tr>`
      return `<table>${cells(head, 'th')}${rows.map((row) => cells(row, 'td')).join('')}</table>`
    })
    .join('\n')
}

/** Text as it may stand in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '&quot;')
}

/** Milliseconds since the start, as people read them. */
export function seconds(at: number): string {
  return `${(at / 1_000).toFixed(1)} s`
}
