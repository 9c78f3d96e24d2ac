import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { diesWithUs } from '@tallyshop/embedded/dies-with-us'
import { withItsLog } from '@tallyshop/embedded/last-words'
import { signal } from '@tallyshop/embedded/postgres/foreign-process'
import type { Life } from './supervisor.ts'

export type Program = {
  main: string
  /** The same in each of its lives; PORT need not be among the variables. */
  port: number
  variables: Record<string, string>
  logFile: string
}

const startPatienceMs = 45_000

/**
 * Starts one life of a service, with the runtime of crash points, and hands it over at once; resolves when it says that it is
 * started. Throws where it ended before, or did not say so in time, and then it has ended.
 */
export async function beginService(
  program: Program,
  begun: (child: ChildProcess, life: Life) => void,
): Promise<void> {
  const { logFile } = program
  const spokeBefore = sizeOf(logFile)
  const child = spawnService(program)
  const life = { pid: child.pid ?? 0, ended: howItEnds(child) }
  begun(child, life)
  await untilStarted(logFile, spokeBefore, life).catch(async (error) => {
    signal(life.pid, 'SIGKILL')
    await life.ended
    throw error
  })
}

const runtime = new URL('./crash-runtime.ts', import.meta.url).href
const keepCompiled = fileURLToPath(new URL('../../../embedded/src/keep-compiled.cjs', import.meta.url))

function spawnService({ main, port, variables, logFile }: Program): ChildProcess {
  const plain = [process.execPath, '--require', keepCompiled, '--import', runtime, main]
  // A guard process would stand between us and the service's channel; where one is needed, the closing channel does it.
  const { command, needsPipe } = diesWithUs(plain, 'SIGKILL')
  const [program = '', ...options] = needsPipe ? plain : command
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(program, options, {
    env: { ...variables, PORT: String(port) },
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  })
  closeSync(log)
  return child
}

/** Settles when all that it has told is heard, its end being noticed earlier sometimes. */
function howItEnds(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, endedBy) => {
      const settle = () => resolve(endedBy ?? `exit code ${code}`)
      if (!child.connected) return settle()
      child.once('disconnect', settle)
      setTimeout(settle, 500).unref()
    })
  })
}

/** Its output goes to a file, as every line through this process would slow both down; the file is looked at instead. */
async function untilStarted(logFile: string, spokeBefore: number, { ended }: Life): Promise<void> {
  let how: string | undefined
  void ended.then((told) => {
    how = told
  })
  for (const deadline = performance.now() + startPatienceMs; performance.now() < deadline; await sleep(20)) {
    if (how !== undefined) throw new Error(withItsLog(`It ended at its start (${how})`, logFile))
    if (readFrom(logFile, spokeBefore).includes('"msg":"started"')) return
  }
  throw new Error('It did not say that it is started.')
}

function readFrom(file: string, position: number): string {
  const bytes = Buffer.alloc(Math.min(sizeOf(file) - position, 65_536))
  const descriptor = openSync(file, 'r')
  const length = readSync(descriptor, bytes, 0, bytes.length, position)
  closeSync(descriptor)
  return bytes.toString('utf8', 0, length)
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
