import { fileURLToPath } from 'node:url'
import { CannotStart } from './cannot-start.ts'
import { becomesReady } from './child-process.ts'
import type { Environment } from './config.ts'
import { getStatus } from './http-answer.ts'
import { withItsLog } from './last-words.ts'
import { endedUnasked, type Processes } from './processes.ts'

export type ProgramSpec = {
  name: string
  main: string
  readyUrl: string
  variables: Environment
  logFile: string
}

const keepCompiled = fileURLToPath(new URL('./keep-compiled.cjs', import.meta.url))
const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Runs one of our own main.ts files, as in production, until it says that it is ready. */
export async function startProgram(spec: ProgramSpec, processes: Processes): Promise<void> {
  const child = processes.begin({
    name: spec.name,
    command: [process.execPath, '--require', keepCompiled, `${repository}${spec.main}`],
    environment: spec.variables,
    logFile: spec.logFile,
    stopSignal: 'SIGTERM',
    deathSignal: 'SIGKILL',
  })
  processes.needs(child)
  if (await becomesReady(child, async () => (await getStatus(spec.readyUrl)) === 200, 30_000)) return
  if (child.hasEnded()) throw endedUnasked(child, await child.ended)
  throw new CannotStart(withItsLog(`The ${spec.name} is not ready after 30 s`, spec.logFile))
}
