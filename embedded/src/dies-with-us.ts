import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const guard = fileURLToPath(new URL('./guard.ts', import.meta.url))

/**
 * The command, wrapped so that it gets `signal` when this process is gone, even by SIGKILL. On Linux the kernel
 * does it (the signal follows the thread that spawned: spawn from the main one); elsewhere a guard process
 * watches a pipe to us, which then must be its file descriptor 3.
 */
export function diesWithUs(
  command: string[],
  signal: NodeJS.Signals,
): { command: string[]; needsPipe: boolean } {
  if (kernelTells()) {
    return {
      command: ['setpriv', '--pdeathsig', signal.slice('SIG'.length), ...unlessOrphan, ...command],
      needsPipe: false,
    }
  }
  return { command: [process.execPath, guard, signal, ...command], needsPipe: true }
}

/** We may have gone before the kernel was told: then the command is not run at all. */
const unlessOrphan = ['sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)]

let answer: boolean | undefined

function kernelTells(): boolean {
  answer ??=
    process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0
  return answer
}
