import { mkdirSync, rmSync } from 'node:fs'
import { CannotStart } from '@tallyshop/embedded/cannot-start'
import { takeLock } from '@tallyshop/embedded/lock'
import { refuseTakenPorts } from '@tallyshop/embedded/ports'
import { docker, type Ended, projectName, tryDocker } from './docker.ts'
import { clearLogs } from './logs.ts'
import { containerNames, removeEverything, roundFolder } from './project.ts'

/**
 * Takes this machine's container engine for one round, with all removed that a broken-off one left, and resolves to what
 * gives it back. Rejects with a CannotStart, which says in a sentence what is in the way.
 */
export async function takeEngine(): Promise<() => Promise<void>> {
  await refuseNoEngine()
  mkdirSync(roundFolder, { recursive: true, mode: 0o700 })
  const { release } = await takeLock(roundFolder).catch(() => {
    throw new CannotStart('Another run of this is at work: wait until it is done.')
  })
  await refuseTakenNames()
  await removeEverything()
  clearLogs()
  await refuseTakenPorts(ports, '127.0.0.1').catch(() => {
    throw new CannotStart(
      'A program listens on port 3000, 8000 or 8001 (a shop of npm start?): stop it, then run this again.',
    )
  })
  return async () => {
    await removeEverything()
    await release()
    rmSync(roundFolder, { recursive: true, force: true })
  }
}

const ports = [3000, 8000, 8001].map((port) => ({ port, variable: '', for: 'the containers' }))

async function refuseNoEngine(): Promise<void> {
  const ask = (args: string[]) =>
    tryDocker(args, { timeoutMs: 15_000 }).catch((): Ended => ({ code: 127, out: '', errors: '' }))
  if ((await ask(['version'])).code !== 0) {
    throw new CannotStart('No container engine answers: start Docker, then run this again.')
  }
  if ((await ask(['compose', 'version'])).code !== 0) {
    throw new CannotStart('This Docker has no Compose: install its plugin, then run this again.')
  }
}

async function refuseTakenNames(): Promise<void> {
  const format = '{{.Names}} {{.Label "com.docker.compose.project"}}'
  const lines = (await docker(['ps', '--all', '--format', format])).trim().split('\n')
  const fixed: string[] = Object.values(containerNames)
  const taken = lines
    .map((line) => line.split(' '))
    .filter(([name = '', project]) => fixed.includes(name) && project !== projectName)
  if (taken.length === 0) return
  throw new CannotStart(
    `A shop is here already, and would be in the way: ${taken.map(([name]) => name).join(', ')}. ` +
      'Take it down (docker compose down keeps its data), then run this again.',
  )
}
