/** Tells whoever waits how far an operation is. */
export type Progress = {
  /** A line that stays. */
  say: (line: string) => void
  /** What is going on right now; may be called as often as one likes. */
  update: (line: string) => void
}

/** What a long operation tells, and what breaks it off. */
export type Watched = { progress: Progress; signal: AbortSignal }

const redrawMs = 100
const lineEveryMs = 10_000

/** Shows how far `work` is: on a terminal by one line that is written over; elsewhere by a line every ten seconds. */
export async function withProgress<Result>(
  work: (progress: Progress) => Promise<Result>,
  stream: NodeJS.WriteStream = process.stderr,
): Promise<Result> {
  const { isTTY } = stream
  const clear = isTTY ? '\r\x1b[K' : ''
  const everyMs = isTTY ? redrawMs : lineEveryMs
  let last = performance.now()
  const progress: Progress = {
    say: (line) => {
      stream.write(`${clear}${line}\n`)
      last = performance.now()
    },
    update: (line) => {
      if (performance.now() - last < everyMs) return
      last = performance.now()
      stream.write(isTTY ? clear + line.slice(0, (stream.columns || 80) - 1) : `${line}\n`)
    },
  }
  try {
    return await work(progress)
  } finally {
    stream.write(clear)
  }
}

/** For those whom nobody watches. */
export const silent: Progress = { say: () => {}, update: () => {} }
