import { connect, createServer, type Socket } from 'node:net'
import { promisify } from 'node:util'

export type TcpProxy = {
  port: number
  /** Ends every connection and refuses new ones, as a neighbour that is down does. */
  cut: () => void
  restore: () => void
  /** Passes nothing on any more over the connections that there are, and keeps them open. */
  silence: () => void
  close: () => Promise<void>
}

/** Stands between a service and a neighbour on this machine, so that a test can take the neighbour away and back. */
export async function startTcpProxy(host: string, port: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  let passing = true
  const server = createServer((near) => {
    if (!passing) {
      near.resetAndDestroy()
      return
    }
    const far = connect(port, host)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket)
      socket.pipe(other)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = () => {
    passing = false
    // In a shutdown under way a reset is EINVAL, and Node would leave the socket open for good.
    for (const socket of open) socket.writableEnded ? socket.destroy() : socket.resetAndDestroy()
  }
  const restore = () => {
    passing = true
  }
  const silence = () => {
    for (const socket of open) socket.unpipe().pause()
  }
  const close = async () => {
    cut()
    await promisify(server.close.bind(server))()
  }
  return { port: typeof address === 'object' && address ? address.port : 0, cut, restore, silence, close }
}
