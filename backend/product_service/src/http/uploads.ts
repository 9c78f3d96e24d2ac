import type { FastifyReply, FastifyRequest } from '@tallyshop/service-kit/http-server'
import { Problem } from '@tallyshop/service-kit/problems'
import { StorageUnavailable } from '../domain/errors.ts'
import type { Picture } from '../domain/image.ts'
import { releaseMemory } from '../image-decoder/release-memory.ts'
import { Gate, type Pass } from './gate.ts'
import { Patience } from './patience.ts'
import { announcedBytes, readUpload } from './read-upload.ts'

/** What the files and pictures of those whose turn it is may take together; the decoder has a process of its own. */
const heldBytes = 32 * 1024 * 1024

/** Many small ones are a crowd, too. */
const leastBytes = heldBytes / 64

/** One after the other, with a pause of the sender's, they end before the front in front of us gives up (35 s). */
const waitMs = 12_000
const workMs = 18_000

/** Ends with the signal. */
type Decode = (file: Buffer, signal: AbortSignal) => Promise<Picture>

/** Takes many uploads at once and holds few of them in memory: the others wait, without their bodies being read. */
export class Uploads {
  readonly #memory = new Gate(heldBytes)
  readonly #turns = new Gate(1)
  readonly #decode: Decode
  readonly #underWay = new Set<Patience>()

  constructor(decode: Decode) {
    this.#decode = decode
  }

  /**
   * Reads a picture, decodes it and hands it to `store`, which has to end with its signal; resolves with what `store`
   * gives. Throws a 503 Problem when its turn does not come, and at once when the sender goes away.
   */
  async take<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    store: (picture: Picture, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const patience = new Patience(reply)
    this.#underWay.add(patience)
    try {
      patience.allow(waitMs, overloaded)
      const pass = await this.#memory.enter(Math.max(announcedBytes(request), leastBytes), patience.signal)
      try {
        const picture = await this.#receive(request, patience, pass)
        patience.blame(new StorageUnavailable('The picture could not be stored in time.'))
        return await store(picture, patience.signal)
      } finally {
        pass.leave()
      }
    } catch (error) {
      throw patience.reasonOf(error)
    } finally {
      patience.end()
      this.#underWay.delete(patience)
    }
  }

  /** Ends what is under way with a 503. */
  giveUp(): void {
    for (const patience of this.#underWay) patience.giveUp(overloaded)
  }

  async #receive(request: FastifyRequest, patience: Patience, pass: Pass): Promise<Picture> {
    const file = await readUpload(request, patience)
    try {
      patience.allow(workMs, overloaded)
      const turn = await this.#turns.enter(1, patience.signal)
      try {
        const picture = await this.#decode(file, patience.signal)
        pass.keep(picture.main.length + picture.thumbnail.length)
        patience.signal.throwIfAborted()
        return picture
      } finally {
        turn.leave()
      }
    } finally {
      releaseMemory(file)
    }
  }
}

const overloaded = new Problem(
  503,
  'overloaded',
  'Too many pictures are being uploaded at the moment. Please try again.',
  { headers: { 'retry-after': '5' } },
)
