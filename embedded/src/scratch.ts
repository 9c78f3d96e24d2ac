import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Begin, type RunningProcess, startProcess } from './child-process.ts'

type Place = { folder: string; logFile: string; begin: Begin }

/** Starts something in a folder of its own below the system's temporary one; `stop` ends its processes and removes it. */
export async function startScratch<T extends object>(
  name: string,
  start: (place: Place) => Promise<T>,
): Promise<T & { stop: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), `shop-${name}-`))
  const children: RunningProcess[] = []
  const begin: Begin = (spec) => {
    const child = startProcess(spec)
    children.push(child)
    return child
  }
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop(3000)))
    rmSync(home, { recursive: true, force: true })
  }
  try {
    return { ...(await start({ folder: join(home, 'data'), logFile: join(home, 'log'), begin })), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
