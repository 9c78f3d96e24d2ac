import { setTimeout as sleep } from 'node:timers/promises'
import { startAzurite } from '@tallyshop/embedded/azurite'
import { signal } from '@tallyshop/embedded/postgres/foreign-process'
import type { History } from '../history.ts'
import { pauseFamily } from './signals.ts'
import { type Life, Supervisor, tellingOf } from './supervisor.ts'

export type BlobServer = {
  name: string
  port: number
  logFile: string
  isRunning(): boolean
  /** By SIGKILL; resolves when it has ended, false where none ran. It is started again after a while. */
  kill(): Promise<boolean>
  /** By SIGKILL, and it is not there for so long; resolves when it serves again. */
  killFor(ms: number): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
  pause(ms: number): Promise<void>
}

export type BlobSpec = {
  name: string
  folder: string
  port: number
  accountKey: string
  variables: Record<string, string>
  logFile: string
  history: History
  restartAfterMs: () => number
}

/** An Azurite that keeps its blobs on the disk and runs until `stop`. */
export async function startBlobServer(spec: BlobSpec): Promise<BlobServer> {
  const { name, folder, port, accountKey, variables, logFile, history, restartAfterMs } = spec
  const azurite = { folder, port, accountKey, logFile, environment: variables }
  const begin = async (begun: (life: Life) => void) => {
    await startAzurite(azurite, tellingOf(begun))
  }
  const supervisor = new Supervisor({ name, history, restartAfterMs, begin })
  await supervisor.start()
  return {
    name,
    port,
    logFile,
    isRunning: () => supervisor.isServing,
    kill: () => supervisor.strike((pid) => void signal(pid, 'SIGKILL')),
    killFor: async (ms) => {
      await supervisor.rest((pid) => void signal(pid, 'SIGKILL'))
      await sleep(ms)
      await supervisor.start()
    },
    start: () => supervisor.start(),
    stop: async () => void (await supervisor.rest((pid) => void signal(pid, 'SIGTERM'))),
    pause: async (ms) => {
      if (supervisor.pid) await pauseFamily(supervisor.pid, ms)
    },
  }
}
