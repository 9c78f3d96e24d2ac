import { copyFileSync, mkdirSync, renameSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

const largestBytes = 20_000_000

/**
 * A log file per process under `folder`. The last run's is kept beside it as `.1`; one that grows past 20 MB is
 * moved there while it is written, so that a year's run does not fill the disk.
 */
export function openLogs(folder: string): { fileFor: (name: string) => string; close: () => void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = new Set<string>()
  const timer = setInterval(() => files.forEach(shorten), 30_000)
  timer.unref()
  return {
    fileFor: (name) => {
      const file = join(folder, `${name.replaceAll(' ', '-')}.log`)
      if (!files.has(file)) ignoreMissing(() => renameSync(file, `${file}.1`))
      files.add(file)
      return file
    },
    close: () => clearInterval(timer),
  }
}

function shorten(file: string): void {
  ignoreMissing(() => {
    if (statSync(file).size < largestBytes) return
    copyFileSync(file, `${file}.1`)
    truncateSync(file)
  })
}

function ignoreMissing(work: () => void): void {
  try {
    work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
