import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { compose } from './docker.ts'
import { roundFolder } from './project.ts'

/** All that the project's containers have said in this round. */
const file = join(roundFolder, 'said.log')

/** A container's log goes with it: keep what there is before any is removed. */
export async function keepLogs(): Promise<void> {
  const said = await compose(['--profile', 'tools', 'logs', '--no-color'])
  appendFileSync(file, stripVTControlCharacters(said), { mode: 0o600 })
}

export function readLogs(): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

export function clearLogs(): void {
  rmSync(file, { force: true })
}
