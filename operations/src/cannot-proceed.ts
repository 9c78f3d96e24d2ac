/** Why an operation ends without having done what it was asked for; the message is for whoever runs it. */
export class CannotProceed extends Error {
  override name = 'CannotProceed'
}

/** What went wrong in words, with where and why as far as it is known. */
export function inWords(error: unknown): string {
  // Where a name has several addresses, each refusal is inside.
  if (error instanceof AggregateError && error.errors.length > 0) return inWords(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return error.message || code || error.name
}

/** Why a file or folder is refused, with whom it is refused to. */
export function inFileWords(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EACCES' && process.getuid ? `${code}, as user ${process.getuid()}` : String(code)
}
