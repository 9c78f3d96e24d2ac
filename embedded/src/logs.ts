import { copyFileSync, existsSync, mkdirSync, renameSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A log file per process under `folder`. The last run's is kept beside it as `.1`; one that grows past 20 MB is
 * moved there while it is written, so that a year's run does not fill the disk.
 */
export function openLogs(
  folder: string,
  { largestBytes, everyMs } = { largestBytes: 20_000_000, everyMs: 30_000 },
): { fileFor: (name: string) => string; close: () => void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = new Set<string>()
  const timer = setInterval(() => {
    for (const file of files) shorten(file, largestBytes)
  }, everyMs)
  timer.unref()
  return {
    fileFor: (name) => {
      const file = join(folder, `${name.replaceAll(' ', '-')}.log`)
      if (!files.has(file) && existsSync(file)) renameSync(file, `${file}.1`)
      files.add(file)
      return file
    },
    close: () => clearInterval(timer),
  }
}

function shorten(file: string, largestBytes: number): void {
  try {
    if (statSync(file).size < largestBytes) return
    copyFileSync(file, `${file}.1`)
    truncateSync(file)
  } catch {
    // A log that cannot be shortened now, on a full disk for one, must not stop the shop.
  }
}
