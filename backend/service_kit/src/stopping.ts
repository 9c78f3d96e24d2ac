import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { App } from './http-server.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Begun: it is not ready any more, and every answer ends its connection. */
    stopping: { hasBegun: boolean }
  }
}

/**
 * Ends a server. It says at once that it is not ready and goes on taking requests for `drainMs`, so that whoever asks
 * /readyz has time to send them elsewhere; then it takes no more and answers those that are there.
 */
export async function stopServer(app: App, { drainMs = 0 }: { drainMs?: number }): Promise<void> {
  app.stopping.hasBegun = true
  if (drainMs > 0) await sleep(drainMs)
  await app.close()
}

/** For requests whose sender has just connected. */
const silenceMs = 500

/** For answers that are on their way: Node would cut them off. */
const flushMs = 1_000

/**
 * Since the stop began, whatever was flushed: longer than a verdict of a neighbour is waited for (5 s). What is left of the 8 s
 * of a stop is for the pools.
 */
const lastMs = 5_500

/**
 * Notes when a stop begins, and lets nobody hold it up who says nothing or does not listen: Node waits for such connections
 * without end.
 */
export function addStopping(
  app: Pick<FastifyInstance, 'addHook' | 'decorate' | 'server' | 'stopping'>,
): void {
  app.decorate('stopping', { hasBegun: false })
  const underWay = new Map<Socket, Set<ServerResponse>>()
  app.server.on('connection', (socket) => {
    underWay.set(socket, new Set())
    socket.once('close', () => underWay.delete(socket))
  })
  app.server.on('request', ({ socket }, response) => {
    underWay.get(socket)?.add(response)
    response.once('close', () => underWay.get(socket)?.delete(response))
  })
  app.addHook('preClose', async () => {
    app.stopping.hasBegun = true
    setTimeout(() => app.server.closeAllConnections(), lastMs).unref()
    const answers = [...underWay.values()].flatMap((responses) => [...responses])
    const halfSent = answers.filter(
      ({ writableEnded, writableFinished }) => writableEnded && !writableFinished,
    )
    const signal = AbortSignal.timeout(flushMs)
    await Promise.all(halfSent.map((answer) => once(answer, 'close', { signal }).catch(() => {})))
    setTimeout(() => {
      for (const [socket, responses] of underWay) if (responses.size === 0) socket.destroy()
    }, silenceMs).unref()
  })
}
