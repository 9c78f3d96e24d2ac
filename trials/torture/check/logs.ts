import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { AddFinding } from './finding.ts'

export type Forbidden = {
  secrets: string[]
  tokens: Set<string>
}

/** How far each file was read, for a look that goes on where the last one ended. */
export type LogPositions = Map<string, number>

const uncaught = /uncaught error|unhandledRejection|UnhandledPromiseRejection|triggerUncaughtException/i

const damage = /invalid page|page verification failed|could not read block|missing chunk/

/**
 * Reads logs of services and of PostgreSQL, line by line. `deadlocks`, `damage` (pages that are broken), `unhandled` (errors that nobody caught), `unexpected
 * 5xx` (of a request's own log line), `secrets` (a secret, a token of an order, or a signature that is not blanked).
 */
export async function judgeLogs(
  files: string[],
  forbidden: Forbidden,
  add: AddFinding,
  positions: LogPositions = new Map(),
): Promise<void> {
  for (const file of files) {
    const stream = createReadStream(file, { start: positions.get(file) ?? 0 })
    const name = file.replace(/.*\//, '')
    try {
      for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
        judgeLine(name, line, forbidden, add)
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    positions.set(file, (positions.get(file) ?? 0) + stream.bytesRead)
  }
}

function judgeLine(file: string, line: string, { secrets, tokens }: Forbidden, add: AddFinding): void {
  if (line.includes('deadlock detected')) add('deadlocks', `${file}: ${line.slice(0, 300)}`)
  if (uncaught.test(line)) add('unhandled', `${file}: ${line.slice(0, 500)}`)
  if (damage.test(line)) add('damage', `${file}: ${line.slice(0, 300)}`)
  const status = /"status":(5\d\d)\b.*"msg":"request"/.exec(line)?.[1]
  if (status !== undefined && status !== '503') add('unexpected 5xx', `${file}: ${line.slice(0, 500)}`)
  const leaked = leakIn(line, secrets, tokens)
  if (leaked) add('secrets', `${file} holds ${leaked}, in a line that begins ${line.slice(0, 60)}`)
}

/** What must not be there, in words: the finding must not tell it again. */
function leakIn(line: string, secrets: string[], tokens: Set<string>): string | undefined {
  if (secrets.some((secret) => line.includes(secret))) return 'a secret'
  if (/[?&]sig=(?!\[redacted\])/.test(line)) return 'a signature'
  const runs = line.match(/[\w-]{43,}/g) ?? []
  return runs.some((run) => tokens.has(run)) ? 'the token of an order' : undefined
}
