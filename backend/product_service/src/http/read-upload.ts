import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from '@tallyshop/service-kit/http-server'
import { Problem } from '@tallyshop/service-kit/problems'
import { imageTypes, maxImageBytes } from '../domain/image.ts'
import { releaseMemory } from '../image-decoder/release-memory.ts'
import type { Patience } from './patience.ts'

/** A sender that pauses longer is not waited for. All of a request has to be there within 60 s anyway. */
const pauseMs = 10_000

/** What a file takes of memory at most: as much as was said to come, or the largest that is taken. */
export function announcedBytes({ headers }: FastifyRequest): number {
  return Math.min(Number(headers['content-length'] ?? maxImageBytes), maxImageBytes)
}

/**
 * The bytes of the field `file`. Throws the refusals of a form that is not one file of a picture type, that is too large,
 * or whose sender pauses too long. What is refused is read on, and dropped: the next request comes over the same
 * connection.
 */
export function readUpload(request: FastifyRequest, patience: Patience): Promise<Buffer> {
  if (request.headers['content-type'] === undefined) throw noFile
  const { signal } = patience
  signal.throwIfAborted()
  patience.allow(pauseMs, tooSlow)
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    readFile(request, patience).then(resolve, reject)
  })
}

async function readFile(request: FastifyRequest, patience: Patience): Promise<Buffer> {
  const part = await request.file().catch(refuseUnreadable)
  if (part?.fieldname === 'file' && imageTypes.includes(part.mimetype)) {
    return collect(part.file, announcedBytes(request), patience).catch(refuseUnreadable)
  }
  part?.file.resume()
  throw part?.fieldname === 'file' ? invalidFileType : noFile
}

/**
 * Into one buffer as it comes: pieces that are kept and joined at the end would take twice the memory. What is refused gives
 * its memory back at once.
 */
function collect(file: MultipartFile['file'], size: number, patience: Patience): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size)
  const { signal } = patience
  let end = 0
  return new Promise((resolve, reject) => {
    const keep = (piece: Buffer) => {
      patience.allow(pauseMs, tooSlow)
      end += piece.copy(bytes, end)
    }
    const finish = () => {
      signal.removeEventListener('abort', giveUp)
      resolve(bytes.subarray(0, end))
    }
    const refuse = (error: unknown) => {
      // All of it is there, and somebody else's by now.
      if (file.readableEnded) return
      signal.removeEventListener('abort', giveUp)
      file.off('data', keep).off('end', finish).resume()
      releaseMemory(bytes)
      reject(error)
    }
    const giveUp = () => refuse(signal.reason)
    file.on('limit', () => refuse(tooLarge))
    file.on('error', refuse)
    // A small form without an end has broken off before anybody listens, and says nothing more.
    if (file.destroyed) refuse(file.errored)
    file.on('close', () => refuse(file.errored))
    signal.addEventListener('abort', giveUp, { once: true })
    file.on('end', finish).on('data', keep)
  })
}

const hangUp = { headers: { connection: 'close' } }
const noFile = new Problem(400, 'no_file', 'No file was sent in the field "file".')
const invalidFileType = new Problem(
  400,
  'invalid_file_type',
  'Invalid file type. Only JPEG, PNG, GIF, WebP and AVIF are allowed.',
)
const tooLarge = new Problem(413, 'file_too_large', 'The picture is larger than 10 MB.')
const tooSlow = new Problem(408, 'request_timeout', 'The picture took too long to arrive.', hangUp)

/** A form without a boundary or an end, or whose sender went away; limits come with a status of their own. */
function refuseUnreadable(error: unknown): never {
  if (error instanceof Problem || (error instanceof Error && 'statusCode' in error)) throw error
  throw new Problem(400, 'unreadable_form', 'The form could not be read.', hangUp)
}
