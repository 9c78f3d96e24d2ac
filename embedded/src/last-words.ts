import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

/** A sentence about a process with, where it `spoke`, its last complaint, and with where its log is. */
export function withItsLog(sentence: string, logFile: string, spoke = true): string {
  const path = relative(process.cwd(), logFile)
  const words = spoke ? findLastWords(logFile) : undefined
  return `${sentence}${words ? `, saying "${words}"` : ''}; its log is ${path.startsWith('..') ? logFile : path}.`
}

/** The last complaint in a log of JSON lines, of PostgreSQL, or of plain text; stack traces are passed over. */
export function findLastWords(logFile: string): string | undefined {
  const lines = readFileSync(logFile, 'utf8').slice(-20_000).split('\n').reverse()
  const words = lines.map(complaintIn).find((complaint) => complaint !== undefined)
  return words && (words.length > 300 ? `${words.slice(0, 300)}…` : words)
}

function complaintIn(line: string): string | undefined {
  if (line.startsWith('{')) {
    const { level = 0, msg, err } = parse(line)
    return level >= 50 ? (err?.message ?? msg) : undefined
  }
  const complaint = /\b(?:FATAL|PANIC|initdb: error|\w*Error(?: \[\w+\])?): +(.+)/.exec(line)?.[1]
  return complaint ?? /^[A-Z].*\.$/.exec(line)?.[0]
}

function parse(line: string): { level?: number; msg?: string; err?: { message?: string } } {
  try {
    return JSON.parse(line)
  } catch {
    return {}
  }
}
