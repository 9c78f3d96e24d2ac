import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Environment } from './config.ts'
import { diesWithUs } from './dies-with-us.ts'

export type ProcessSpec = {
  /** As the person at the terminal knows it: "product service". */
  name: string
  command: string[]
  /** Put before the command to run it as another user. */
  asUser?: string[]
  environment: Environment
  logFile: string
  /** What asks it to end in good order. */
  stopSignal: NodeJS.Signals
  /** What the kernel sends when the launcher is gone. */
  deathSignal: NodeJS.Signals
  input?: string
}

export type RunningProcess = {
  name: string
  logFile: string
  pid: number
  /** Settles when it has ended, with how: "exit code 1", "SIGKILL". */
  ended: Promise<string>
  hasEnded: () => boolean
  /** Asks it to end and makes it end `withinMs` later. */
  stop: (withinMs: number) => Promise<void>
}

export type Begin = (spec: ProcessSpec) => RunningProcess

/**
 * Starts a process in a group of its own (a Ctrl-C at the terminal reaches the launcher alone) that ends when
 * this process ends, however that happens. What it prints is appended to its log file.
 */
export function startProcess(spec: ProcessSpec): RunningProcess {
  const log = openSync(spec.logFile, 'a', 0o600)
  const { command, needsPipe } = diesWithUs(spec.command, spec.deathSignal)
  // A change of user makes the kernel forget what it was told, so that comes first.
  const [program = '', ...options] = [...(spec.asUser ?? []), ...command]
  const child = spawn(program, options, {
    env: spec.environment,
    detached: true,
    stdio: [
      spec.input === undefined ? 'ignore' : 'pipe',
      log,
      log,
      ...(needsPipe ? (['pipe'] as const) : []),
    ],
  })
  closeSync(log)
  child.stdin?.on('error', () => {})
  if (spec.input !== undefined) child.stdin?.end(spec.input)

  let over = false
  const ended = howItEnds(child).finally(() => {
    over = true
  })
  return {
    name: spec.name,
    logFile: spec.logFile,
    pid: child.pid ?? 0,
    ended,
    hasEnded: () => over,
    stop: async (withinMs) => {
      if (over) return
      child.kill(spec.stopSignal)
      await Promise.race([ended, sleep(Math.max(withinMs, 0))])
      if (!over) killGroup(child)
      await Promise.race([ended, sleep(1000)])
    },
  }
}

/** Asks every few milliseconds until `isReady`; says false when the process ended first or the time is over. */
export async function becomesReady(
  child: RunningProcess,
  isReady: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline && !child.hasEnded()) {
    if (await isReady()) return true
    await Promise.race([child.ended, sleep(20)])
  }
  return false
}

function howItEnds(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended between the question and the signal.
  }
}
