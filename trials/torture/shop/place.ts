import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { findFixedPorts } from './fixed-ports.ts'

/** Where a trial's shop has its data, logs and copy of the services, on which ports, and what nobody may read in its logs. */
export type Place = {
  folder: string
  /** The folder of one part's data, not made yet. */
  folderOf(part: string): string
  logOf(part: string): string
  logFiles(): string[]
  ports: Record<string, number>
  secrets: { serviceAuth: string; orderToken: string; accountKey: string; databasePassword: string }
  /** Data and copy are removed, the logs where they are not kept. */
  clear(keepLogs: boolean): void
}

/** A place below `folder` with a port for each part, and secrets of its own. */
export async function makePlace(folder: string, parts: string[]): Promise<Place> {
  const logs = join(folder, 'logs')
  mkdirSync(logs, { recursive: true, mode: 0o700 })
  const ports = await findFixedPorts(parts.length)
  const inPlace = (part: string) => join(folder, part)
  const logOf = (part: string) => join(logs, `${part}.log`)
  return {
    folder,
    folderOf: inPlace,
    logOf,
    logFiles: () => parts.map(logOf),
    ports: Object.fromEntries(parts.map((part, index) => [part, ports[index] ?? 0])),
    secrets: {
      serviceAuth: randomBytes(32).toString('base64url'),
      orderToken: randomBytes(32).toString('base64url'),
      accountKey: randomBytes(64).toString('base64'),
      databasePassword: randomBytes(18).toString('base64url'),
    },
    clear: (keepLogs) => {
      const rest = [...parts, 'code', 'compiled'].map(inPlace)
      for (const path of keepLogs ? rest : [folder]) rmSync(path, { recursive: true, force: true })
    },
  }
}
