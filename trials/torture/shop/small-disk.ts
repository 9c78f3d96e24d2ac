import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statfsSync } from 'node:fs'

/** A file system of its own, in memory, that can be made full. */
export type SmallDisk = {
  /** From now on nothing more fits on it. Throws where that cannot be done. */
  fill(): void
  free(): void
  unmount(): void
}

const pageBytes = 4_096
const mark = 'tallyshop-torture'

/** Mounts one on a folder; undefined where this user may not. It takes memory only for what is written to it. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const source = `${mark}-${process.pid}-${startOf(process.pid)}`
  if (!succeeds('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, source, folder]))
    return undefined
  const resize = (bytes: number) => succeeds('mount', ['-o', `remount,size=${bytes}`, folder])
  return {
    fill: () => {
      // Smaller than what lies on it it cannot be made, and that may have grown while it was reckoned.
      for (let attempt = 0; attempt < 20; attempt += 1) if (resize(usedBytes(folder))) return
      throw new Error(`${folder} could not be made full.`)
    },
    free: () => {
      if (!resize(megabytes * 1_024 * 1_024)) throw new Error(`${folder} could not be made free.`)
    },
    unmount: () => unmount(folder),
  }
}

/** Removes the disks of trials that were killed before they could. */
export function unmountLeftovers(): void {
  for (const line of readIfThere('/proc/self/mounts').split('\n')) {
    const [source = '', folder = ''] = line.split(' ')
    const [, pid, start] = new RegExp(`^${mark}-(\\d+)-(\\d+)$`).exec(source) ?? []
    if (pid !== undefined && startOf(Number(pid)) !== start) unmount(unescapePath(folder))
  }
}

function unmount(folder: string): void {
  // What still runs there must not keep it; it leaves with that.
  if (!succeeds('umount', [folder])) succeeds('umount', ['--lazy', folder])
}

function usedBytes(folder: string): number {
  const { blocks, bfree, bsize } = statfsSync(folder)
  return Math.max(pageBytes, (blocks - bfree) * bsize)
}

/** When a process began, by the system's ticks: another of the same number began at another time. */
function startOf(pid: number): string | undefined {
  return readIfThere(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19]
}

/** A space in a path stands as \040 in the list of mounts. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
}

function succeeds(program: string, options: string[]): boolean {
  return spawnSync(program, options, { stdio: 'ignore', timeout: 10_000 }).status === 0
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
