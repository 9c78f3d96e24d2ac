import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { signal } from '@tallyshop/embedded/postgres/foreign-process'

/** Kills a process and all that it started, at one moment: none of them sees another die. */
export function killFamily(pid: number): void {
  for (const member of stopFamily(pid)) signal(member, 'SIGKILL')
}

/** Stops a process and all that it started for so long, as a machine that hangs does. They go on even if we are gone by then. */
export async function pauseFamily(pid: number, ms: number): Promise<void> {
  const family = stopFamily(pid)
  if (family.length === 0) return
  const continuing = `sleep ${ms / 1_000}; kill -CONT ${family.join(' ')} 2> /dev/null`
  spawn('sh', ['-c', continuing], { detached: true, stdio: 'ignore' }).unref()
  await sleep(ms)
  for (const member of family) signal(member, 'SIGCONT')
}

/** The parent comes first: from then on nobody is added. */
function stopFamily(pid: number): number[] {
  if (!signal(pid, 'SIGSTOP')) return []
  const children = childrenOf(pid)
  for (const child of children) signal(child, 'SIGSTOP')
  return [pid, ...children]
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8', timeout: 5_000 })
    const pairs = (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/).map(Number))
    return pairs.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []))
  }
}
