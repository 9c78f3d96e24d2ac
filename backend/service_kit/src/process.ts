import { ConfigurationError } from './environment.ts'
import type { Logger } from './logger.ts'

export type RunningService = { url: string; stop: () => Promise<void> }

/** Longer than a request in work may wait for a neighbour. */
const stopDeadlineMs = 8_000

/**
 * Runs a service as a process: starts it, stops it once on SIGTERM or SIGINT, and exits 0. Exits 1 with one log line
 * when the start fails, when a stop takes 8 s longer than `drainMs`, or on an error nobody caught.
 */
export async function runUntilSignalled(
  log: Logger,
  start: () => Promise<RunningService>,
  { drainMs = 0 }: { drainMs?: number } = {},
): Promise<void> {
  const fail = (message: string) => (err: unknown) => {
    log.fatal({ err }, message)
    process.exit(1)
  }
  process.on('uncaughtException', fail('uncaught error'))
  let signalled = () => {}
  const signal = new Promise<void>((resolve) => {
    signalled = resolve
  })
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => signalled())
  try {
    const service = await Promise.race([start(), signal])
    if (!service) {
      log.info('stopped before it was ready')
      process.exit(0)
    }
    log.info({ url: service.url }, 'started')
    await signal
    log.info('stopping')
    const deadline = setTimeout(() => fail('stop took too long')(undefined), drainMs + stopDeadlineMs)
    await service.stop()
    clearTimeout(deadline)
    log.info('stopped')
    // What a library still waits for (a token, a retry) must not keep the process; its last lines are on their way.
    setTimeout(() => process.exit(0), 200).unref()
  } catch (error) {
    fail('service failed')(error)
  }
}

/** Reads a service's configuration, or says on standard error what is wrong with it and exits 1. */
export function configureOrExit<Config>(read: () => Config): Config {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
