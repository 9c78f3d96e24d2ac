import pg from 'pg'

/** True where the server could not be asked, is not well, went away or took too long: nothing is wrong with the statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return undone.has(error) || sickCodes.test(codeOf(error)) || lostInWords.test(error.message)
}

/**
 * True where the server surely did nothing of what it was asked: it could not be reached, ended the statement, or the
 * connection was lost before the transaction's commit was sent.
 */
export function hadNoEffect(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (undone.has(error) || refusedCodes.test(codeOf(error))) return true
  return wasEndedAlone(error) && isDatabaseUnavailable(error)
}

/** True where a lock did not come in time, or two waited for each other: all is as before, and it may go well next time. */
export function isLockedOut(error: unknown): boolean {
  return error instanceof Error && /^(55P03|40P01)$/.test(codeOf(error))
}

/** True where the connection that an error came by is of no more use, or leads to a server that is not well. */
export function spoilsConnection(error: unknown): boolean {
  if (!isDatabaseUnavailable(error)) return false
  return !/^(55P03|40P01|40001|57014)$/.test(codeOf(error as Error))
}

/** True where there is somebody left to ask for a rollback. */
export function isStillAnswering(error: unknown): boolean {
  return !isDatabaseUnavailable(error) || wasEndedAlone(error as Error)
}

/** Notes that what failed so was not done. */
export function markUndone(error: Error): void {
  undone.add(error)
}

const undone = new WeakSet<Error>()

/**
 * The server ended this statement and nothing else; a session that it ends (FATAL) may have committed before, and by some
 * codes it says that it does not know itself (08, 40003).
 */
function wasEndedAlone(error: Error): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR' && !/^(08|40003)/.test(codeOf(error))
}

/** Not reached, or not let in. */
const refusedCodes = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|57P03|53300)/

/**
 * Connection (08), transaction ended from outside (25P03, 25P04) or on a server that only reads (25006), conflict with
 * another (40001, 40P01, 55P03), no disk, memory or connections (53), ended by hand or by time (57), input and output (58),
 * damage (XX).
 */
const sickCodes =
  /^(08|25006|25P03|25P04|40001|40003|40P01|53|55P03|57|58|XX|E(CONN|NET|HOST|TIMEDOUT|PIPE|AI_AGAIN|NOTFOUND)|ERR_STREAM_(DESTROYED|WRITE_AFTER_END))/

const lostInWords =
  /^(Connection terminated|Client (has encountered a connection error|was closed)|Query read timeout)/

function codeOf(error: Error): string {
  // Where a name has several addresses, each refusal is inside.
  const single = error instanceof AggregateError ? error.errors[0] : error
  return String(single?.code ?? '')
}
