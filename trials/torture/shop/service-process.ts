import { readFileSync } from 'node:fs'
import { signal } from '@tallyshop/embedded/postgres/foreign-process'
import type { History } from '../history.ts'
import { type Action, ArmedPoints, type ArmOptions } from './armed-points.ts'
import type { Facts } from './crash-messages.ts'
import { beginService, type Program } from './service-life.ts'
import { pauseFamily } from './signals.ts'
import { type Life, Supervisor } from './supervisor.ts'

export type ServiceSpec = Program & {
  name: string
  kind: 'product' | 'order'
  history: History
  restartAfterMs: () => number
}

export type ServiceProcess = {
  name: string
  kind: 'product' | 'order'
  port: number
  logFile: string
  /** 0 while there is none. */
  readonly pid: number
  /** Whether it has said that it is started, and has not ended since. */
  isRunning(): boolean
  /** By SIGKILL; resolves when it has ended, false where none ran. It is started again after a while. */
  kill(): Promise<boolean>
  /** By SIGTERM; it stays so until `start`. `code` is null where it did not end by itself. */
  stop(): Promise<{ code: number | null; ms: number }>
  /** Resolves when it serves. */
  start(): Promise<void>
  /** By SIGTERM, and started again at once; resolves when it serves. */
  restart(): Promise<{ code: number | null; ms: number }>
  /** Stops it like a machine that hangs, and lets it go on; resolves then. False where none ran. */
  pause(ms: number): Promise<boolean>
  /** How far its wall clock is off, also in its next lives. */
  setClock(offsetMs: number): void
  /**
   * The next time that a point is reached this is done. Resolves with the facts then, where it was killed when it has ended;
   * with undefined after `withinMs`, or where nothing ran that could be killed.
   */
  arm(point: string, action: Action, options: ArmOptions): Promise<Facts | undefined>
  /** How often each point was reached, over all its lives. */
  reached(): Record<string, number>
  /** What it has in memory; undefined where that is not told. */
  megabytes(): number | undefined
}

/** Longer than a service gives itself to end in good order. */
const stopPatienceMs = 15_000

/** Runs a service as a process of its own, again and again until it is stopped. It ends when this process does. */
export async function startServiceProcess(spec: ServiceSpec): Promise<ServiceProcess> {
  const { name, kind, port, logFile, history, restartAfterMs } = spec
  const points = new ArmedPoints(() => supervisor.expectEnd())
  const begin = (begun: (life: Life) => void) =>
    beginService(spec, (child, life) => {
      points.attach(child)
      begun(life)
    })
  const supervisor = new Supervisor({ name, history, restartAfterMs, begin })
  const stop = async () => {
    const began = performance.now()
    let patience: NodeJS.Timeout | undefined
    const how = await supervisor.rest((pid) => {
      signal(pid, 'SIGTERM')
      patience = setTimeout(() => signal(pid, 'SIGKILL'), stopPatienceMs)
    })
    clearTimeout(patience)
    const code = /^exit code (\d+)$/.exec(how ?? 'exit code 0')?.[1]
    return { code: code === undefined ? null : Number(code), ms: Math.round(performance.now() - began) }
  }
  await supervisor.start()
  return {
    name,
    kind,
    port,
    logFile,
    get pid() {
      return supervisor.pid ?? 0
    },
    isRunning: () => supervisor.isServing,
    kill: () => supervisor.strike((pid) => void signal(pid, 'SIGKILL')),
    stop,
    start: () => supervisor.start(),
    restart: async () => {
      const ended = await stop()
      await supervisor.start()
      return ended
    },
    pause: async (ms) => {
      if (!supervisor.pid) return false
      await pauseFamily(supervisor.pid, ms)
      return true
    },
    setClock: (offsetMs) => points.setClock(offsetMs),
    arm: (point, action, options) => points.arm(point, action, options),
    reached: () => ({ ...points.counts }),
    megabytes: () => megabytesOf(supervisor.pid),
  }
}

function megabytesOf(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1_024)
  } catch {
    return undefined
  }
}
