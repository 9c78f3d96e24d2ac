import type { Socket } from 'node:net'

/**
 * Ends a connection without a farewell, as a process does that is killed. One that has said its farewell is just closed: Node
 * would leave its handle open for good (a reset during a shutdown is EINVAL).
 */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
