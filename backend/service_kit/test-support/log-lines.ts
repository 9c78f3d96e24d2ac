import { createLogger, type Logger } from '../src/logger.ts'

/** The logger that services use, writing into `lines` instead of standard output: each one JSON event. */
export function captureLog(service = 'test'): { log: Logger; lines: string[] } {
  const lines: string[] = []
  const log = createLogger(service, 'debug', { write: (line) => void lines.push(line) })
  return { log, lines }
}
