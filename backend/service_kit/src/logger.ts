import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'

export type { Logger }

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** One JSON line per event, on standard output. What may hold a credential is blanked wherever it appears. */
export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['authorization', 'headers.authorization', '*.headers.authorization', '*.sas', '*.accountKey'],
      censor: '[redacted]',
    },
    serializers: { err: describeError },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** The SDKs hang whole requests, signed URLs included, on their errors: only these fields reach the log. */
function describeError(error: unknown) {
  if (!(error instanceof Error)) return { message: withoutSignatures(String(error)) }
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  const described = { type: name, code, message: withoutSignatures(message) }
  return {
    ...described,
    ...(stack && { stack: withoutSignatures(stack) }),
    ...(cause !== undefined && { causes: causesOf(cause) }),
  }
}

/** What led to it, the nearest first; at most five, however long the chain. */
function causesOf(cause: unknown): string[] {
  const causes: string[] = []
  for (let next = cause; next !== undefined && causes.length < 5; ) {
    causes.push(withoutSignatures(String(next)))
    next = next instanceof Error ? next.cause : undefined
  }
  return causes
}

function withoutSignatures(text: string): string {
  return text.replace(/([?&]sig=)[^&\s"']+/g, '$1[redacted]')
}
