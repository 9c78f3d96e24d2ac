import { type Readable, Transform, type TransformCallback } from 'node:stream'
import {
  closeAfterBody,
  closeGently,
  faultOfHead,
  hasNoEndInSight,
  largestBodyBytes,
} from '@tallyshop/service-kit/unreadable-bytes'
import type { FastifyInstance } from 'fastify'

export class BodyTooLarge extends Error {}

/**
 * Passes bodies on up to 11 MB, also those that do not say how long they are. What is refused on the way is still read to
 * its end, so that the browser hears the answer and can use its connection again; unless that end is far, or unknown.
 */
export function limitBodies(app: FastifyInstance): void {
  app.addHook('preParsing', async (_request, reply, payload: Readable) => {
    // A stream of its own: the client that sends it on destroys it when the service answers early, and would take the
    // browser's connection along.
    const limited = new Limit()
    // Whoever reads it hears of it; where nobody does, it must not end this process, nor hold the rest of the body back.
    limited.on('error', () => {})
    reply.raw.once('finish', () => limited.destroy())
    payload.once('close', () => {
      if (!payload.readableEnded) limited.destroy(new Error('The sender went away.'))
    })
    payload.on('error', (error) => limited.destroy(error))
    limited.once('close', () => payload.unpipe(limited).resume())
    return payload.pipe(limited)
  })
  app.addHook('onSend', async ({ raw }, reply) => {
    if (raw.complete || faultOfHead(raw)) return
    // Nor is it waited for when the service has waited long enough.
    if (hasNoEndInSight(raw) || reply.statusCode === 408) closeGently(reply.raw)
    closeAfterBody(reply.raw)
    reply.header('connection', 'keep-alive')
  })
}

class Limit extends Transform {
  private left = largestBodyBytes

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.left -= piece.length
    if (this.left < 0) done(new BodyTooLarge())
    else done(null, piece)
  }
}
