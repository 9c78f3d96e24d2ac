import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { inFileWords } from '../cannot-proceed.ts'

export type Digest = { bytes: number; sha256: string }

type OnBytes = (bytes: number) => void

/** Size and SHA-256 of all that a stream gives. */
export async function digest(source: Readable, onBytes?: OnBytes): Promise<Digest> {
  const measure = new Measure(onBytes)
  for await (const chunk of source) measure.take(chunk)
  return measure.digest()
}

/** Writes a stream into a new file (0600), which is on the disk when this resolves. `alsoTake` sees each chunk. */
export async function writeFileChecked(
  path: string,
  source: Readable,
  alsoTake: (chunk: Buffer) => void = () => {},
): Promise<Digest> {
  const measure = new Measure((_, chunk) => alsoTake(chunk))
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        measure.take(chunk)
        yield chunk
      }
    },
    target,
  )
  return measure.digest()
}

/** Undefined where the file is what it should be; otherwise what is wrong with it, in words. */
export async function findDamage(
  path: string,
  expected: Digest,
  onBytes?: OnBytes,
): Promise<string | undefined> {
  try {
    const { bytes, sha256 } = await digest(createReadStream(path), onBytes)
    if (bytes !== expected.bytes) return `has ${bytes} bytes instead of ${expected.bytes}`
    return sha256 === expected.sha256 ? undefined : 'is not what was written: its checksum differs'
  } catch (error) {
    return `cannot be read (${inFileWords(error)})`
  }
}

/** Makes sure that what was created or renamed in a folder is on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  await folder.sync().finally(() => folder.close())
}

class Measure {
  readonly #hash = createHash('sha256')
  readonly #onChunk: (bytes: number, chunk: Buffer) => void
  #bytes = 0

  constructor(onChunk: (bytes: number, chunk: Buffer) => void = () => {}) {
    this.#onChunk = onChunk
  }

  take(chunk: Buffer): void {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    this.#onChunk(chunk.length, chunk)
  }

  digest(): Digest {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}
