import { fileURLToPath } from 'node:url'
import { CannotStart } from './cannot-start.ts'
import { becomesReady } from './child-process.ts'
import type { Environment } from './config.ts'
import { endedUnasked, type Processes } from './processes.ts'

export type ProgramSpec = {
  name: string
  main: string
  readyUrl: string
  variables: Environment
  logFile: string
}

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Runs one of our own main.ts files, as in production, until it says that it is ready. */
export async function startProgram(spec: ProgramSpec, processes: Processes): Promise<void> {
  const child = processes.begin({
    name: spec.name,
    command: [process.execPath, `${repository}${spec.main}`],
    environment: spec.variables,
    logFile: spec.logFile,
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGKILL',
  })
  processes.needs(child)
  if (await becomesReady(child, () => saysReady(spec.readyUrl), 30_000)) return
  if (child.hasEnded()) throw endedUnasked(child, await child.ended)
  throw new CannotStart(`The ${spec.name} is not ready after 30 s; its log is ${spec.logFile}.`)
}

async function saysReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
