import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, isDefunct, listPids, readCommand, signal, worksIn } from './foreign-process.ts'

/** True when the server on this folder writes into postmaster.pid that it answers on this port. */
export function saysReady(folder: string, port: number): boolean {
  const lines = readPidFile(folder)
  return lines[3] === String(port) && lines[7]?.trim() === 'ready'
}

/** Which server wrote postmaster.pid, running or dead; undefined where there is no such file. */
export function readServer(folder: string): string | undefined {
  const [pid, , startedAt] = readPidFile(folder)
  return pid && `${pid} since ${startedAt}`
}

/**
 * Ends a server that an earlier launcher left on this folder, and removes a file whose number now belongs to another
 * program: either would refuse the next server. Whatever is less clear is left for that server to judge.
 */
export async function stopLeftover(folder: string): Promise<void> {
  const pid = Number(readPidFile(folder)[0])
  if (!(pid > 1) || !isAlive(pid)) return
  const command = readCommand(pid)
  if (worksIn(pid, folder) || command.includes(folder)) return stopServer(pid)
  if (isDefunct(pid)) await untilNobodyWorksIn(folder)
  if (isDefunct(pid) || (command && !command.includes('postgres'))) rmSync(join(folder, 'postmaster.pid'))
}

/** What a killed server started notices its end by itself; until then it may still use the data. */
async function untilNobodyWorksIn(folder: string): Promise<void> {
  for (const deadline = Date.now() + 5000; Date.now() < deadline; await sleep(50)) {
    if (!listPids().some((pid) => worksIn(pid, folder))) return
  }
}

async function stopServer(pid: number): Promise<void> {
  const patience = [
    ['SIGINT', 5000],
    ['SIGQUIT', 2000],
    ['SIGKILL', 1000],
  ] as const
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
