import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, readCommand, signal } from './foreign-process.ts'

/** True when the server on this folder writes into postmaster.pid that it answers on this port. */
export function saysReady(folder: string, port: number): boolean {
  const lines = readPidFile(folder)
  return lines[3] === String(port) && lines[7]?.trim() === 'ready'
}

/**
 * Ends a server that an earlier launcher left on this folder, and removes a file that names a process which is none:
 * either would refuse the next server. What a dead server left in memory is for the next one to judge.
 */
export async function stopLeftover(folder: string): Promise<void> {
  const pid = Number(readPidFile(folder)[0])
  if (!(pid > 1) || !isAlive(pid)) return
  if (!readCommand(pid).includes(folder)) return rmSync(join(folder, 'postmaster.pid'))
  const patience: [NodeJS.Signals, number][] = [
    ['SIGINT', 5000],
    ['SIGQUIT', 2000],
    ['SIGKILL', 1000],
  ]
  for (const [request, withinMs] of patience) {
    signal(pid, request)
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(20))
      if (!isAlive(pid)) return
  }
}

function readPidFile(folder: string): string[] {
  try {
    return readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}
