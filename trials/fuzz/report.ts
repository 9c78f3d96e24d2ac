import type { Finding, Outcome } from './run.ts'
import type { Services } from './services.ts'
import { inWords, type Tally } from './tally.ts'

export function describeProgress(tally: Tally, elapsedMs: number): string {
  const rate = Math.round((tally.total / elapsedMs) * 1000)
  return `${Math.round(elapsedMs / 1000)} s  ${tally.total.toLocaleString('en')} requests  ${rate}/s  ${inWords(tally.statuses())}`
}

/** What both services take of memory, and have taken at most; nothing where the system does not tell. */
export function describeMemory({ product, order }: Services): string {
  return Object.entries({ product: product.memory(), order: order.memory() })
    .map(([name, memory]) => memory && `${name} ${memory.now} MB (at most ${memory.most})`)
    .filter(Boolean)
    .join('  ')
}

/** The whole run in words: what was answered by which operation, and what was wrong. */
export function describeOutcome({ tally, elapsedMs, findings, faultsAtTheEnd }: Outcome): string {
  const wrong = [...findings.map(describeFinding), ...faultsAtTheEnd.map((fault) => `\nAt the end: ${fault}`)]
  return [tally.table(), describeProgress(tally, elapsedMs), ...wrong].join('\n')
}

/** A request and what is wrong with its answer; what is long is cut. */
export function describeFinding({ index, request, answer, faults }: Finding): string {
  const { method, path, headers, body, verdict, about, service } = request
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${JSON.stringify(cut(value, 100))}`)
  return [
    `\nRequest ${index} (${about}; ${verdict}) to the ${service} service:`,
    ...faults.map((fault) => `  ${fault}`),
    `  ${method} ${cut(path, 300)}`,
    ...sent.map((header) => `  ${header}`),
    ...(body === undefined ? [] : [`  ${cut(JSON.stringify(String(body)), 1000)}`]),
    `  answered: ${cut(answer, 600)}`,
  ].join('\n')
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length} characters)`
}
