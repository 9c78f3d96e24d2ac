import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { constants, getPriority, setPriority } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { DecodingUnavailable, InvalidPicture } from '../domain/errors.ts'
import type { Picture } from '../domain/image.ts'
import { readFrames, writeFrames } from './frames.ts'

type DecoderProcess = {
  child: ChildProcessByStdio<Writable, Readable, null>
  answers: AsyncGenerator<Buffer>
}

const program = new URL('./main.ts', import.meta.url).pathname

/** No picture that is taken needs a tenth of it on an idle machine. */
const decodeTimeoutMs = 12_000

/** Between the pictures of somebody who uploads one after the other. */
const idleMs = 10_000

/**
 * Decodes pictures in a process of its own: what a stranger's file does to a decoder, in memory, time or a crash, it does
 * not do to the shop, and all memory goes back when it ends. One picture at a time; started with the first one, and ended
 * when none came for 10 s.
 */
export class ImageDecoder {
  #process: DecoderProcess | undefined
  #idle: NodeJS.Timeout | undefined

  /**
   * Callers take turns. Throws InvalidPicture, also for a picture that the process
   * does not survive or get done in time, DecodingUnavailable, and the reason of `signal`, which ends it at once.
   */
  async decode(file: Buffer, signal: AbortSignal): Promise<Picture> {
    clearTimeout(this.#idle)
    // One that was there before can have been killed without the picture's doing, for want of memory perhaps.
    const wasThere = this.#process !== undefined
    try {
      let picture = await this.#decodeOnce(file, signal)
      if (!picture && wasThere) picture = await this.#decodeOnce(file, signal)
      if (!picture) throw new InvalidPicture('The picture cannot be decoded.')
      return picture
    } finally {
      this.#idle = setTimeout(() => this.close(), idleMs).unref()
    }
  }

  /** Undefined where the process ended by itself. */
  async #decodeOnce(file: Buffer, signal: AbortSignal): Promise<Picture | undefined> {
    this.#process ??= startProcess()
    const decoder = this.#process
    // Not child.killed: that can be of the picture before, whose answer was there already.
    let isOver = false
    const kill = () => {
      isOver = true
      decoder.child.kill('SIGKILL')
    }
    const timer = setTimeout(kill, decodeTimeoutMs)
    signal.addEventListener('abort', kill)
    try {
      return await ask(decoder, file)
    } catch (error) {
      if (error instanceof InvalidPicture) throw error
      this.#process = undefined
      decoder.child.kill('SIGKILL')
      signal.throwIfAborted()
      if (isOver) throw new InvalidPicture('The picture cannot be decoded.')
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', kill)
    }
  }

  /** Lets the process end after the picture it is at. */
  close(): void {
    clearTimeout(this.#idle)
    this.#process?.child.stdin.end()
    this.#process = undefined
  }
}

async function ask({ child, answers }: DecoderProcess, file: Buffer): Promise<Picture> {
  const next = async () => {
    const { value, done } = await answers.next()
    if (done) throw new Error('The decoder ended without an answer.')
    return value
  }
  await writeFrames(child.stdin, [file])
  const [reason, main, thumbnail] = [await next(), await next(), await next()]
  if (reason.length > 0) throw new InvalidPicture(reason.toString())
  return { main, thumbnail }
}

function startProcess(): DecoderProcess {
  // Nothing of our settings: no secret is where a stranger's file is decoded. glibc keeps what is freed in one place, and
  // gives back what is large; else each of a decoder's threads keeps some.
  const env = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }
  const child = spawnOrThrow(env)
  // What is wrong with a process is noticed where its answer is missing.
  for (const emitter of [child.stdin, child.stdout]) emitter.on('error', () => {})
  if (child.pid) runBelowNormal(child.pid)
  return { child, answers: readFrames(child.stdout) }
}

/** Where the service itself runs lower than that, its decoder stays there: nobody but root may raise it. */
function runBelowNormal(pid: number): void {
  const { PRIORITY_BELOW_NORMAL } = constants.priority
  if (getPriority(pid) < PRIORITY_BELOW_NORMAL) setPriority(pid, PRIORITY_BELOW_NORMAL)
}

/** A machine without memory, processes or files to spare is not the picture's fault. */
function spawnOrThrow(env: NodeJS.ProcessEnv): DecoderProcess['child'] {
  try {
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'], env })
    child.on('error', () => {})
    if (child.pid !== undefined) return child
  } catch (cause) {
    throw new DecodingUnavailable('The decoder cannot be started.', { cause })
  }
  throw new DecodingUnavailable('The decoder cannot be started.')
}
