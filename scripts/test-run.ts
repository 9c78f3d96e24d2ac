import { resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath } from 'node:url'
import { Score } from './score.ts'
import { withoutSettings } from './without-settings.ts'

export const home = fileURLToPath(new URL('..', import.meta.url))
const deadline = new URL('./test-deadline.ts', import.meta.url).href

export type Limits = {
  /** Of one test that has no limit of its own. */
  testMs: number
  /** Of one file's process. */
  fileMs: number
  /** One after the other where this is not given. */
  filesAtOnce?: number
}

/** Runs test files, shows what they say, and counts. A signal, or the end of its time, ends the run and fails it. */
export class TestRun {
  readonly score = new Score()
  readonly #end = new AbortController()

  constructor(wholeMs: number) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.#end.abort())
    setTimeout(() => this.#end.abort(), wholeMs).unref()
  }

  get wasEnded(): boolean {
    return this.#end.signal.aborted
  }

  /** Each file in a process, with this environment and no settings of the developer's. */
  async inTurn(files: string[], environment: Record<string, string>, limits: Limits): Promise<void> {
    if (files.length === 0 || this.wasEnded) return
    const events = run({
      files: files.map((file) => resolve(home, file)),
      env: {
        ...withoutSettings(process.env),
        ...environment,
        TEST_FILE_DEADLINE_MS: String(limits.fileMs),
      },
      concurrency: limits.filesAtOnce ?? 1,
      execArgv: ['--import', deadline],
      timeout: limits.testMs,
      signal: this.#end.signal,
    })
    events.on('test:pass', (event) => this.score.pass(event))
    events.on('test:fail', (event) => this.score.fail(event))
    for await (const text of events.compose(new spec())) process.stdout.write(text)
  }

  /** Says the score in the last line, and exits with 0 where all went well. */
  conclude(): never {
    const { passed, failed } = this.score
    if (this.wasEnded) console.error('\nThe tests were ended before they were through.')
    console.log(`\n${passed} passed, ${failed} failed`)
    process.exit(this.wasEnded || failed > 0 || passed === 0 ? 1 : 0)
  }
}
