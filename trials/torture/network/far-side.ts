import { connect, type Socket } from 'node:net'
import { resetSocket } from './reset-socket.ts'

const mostMs = 30_000
const quietMs = 100

/** Where a link leads to, and the requests that went there over connections of their own. */
export class FarSide {
  port: number
  readonly #apart = new Set<Socket>()

  constructor(port: number) {
    this.port = port
  }

  connect(): Socket {
    return connect({ port: this.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
  }

  /**
   * Sends a request over a connection of its own and resolves when its answer has come to rest: true where there was one.
   * Takes at most 30 s. The answer's bytes go to `take`.
   */
  sendApart(request: Buffer, take: (bytes: Buffer) => void = () => {}): Promise<boolean> {
    const socket = this.connect()
    this.#apart.add(socket)
    const timer = setTimeout(() => socket.destroy(), mostMs)
    let isAnswered = false
    socket.on('error', () => {})
    socket.on('timeout', () => socket.destroy())
    socket.on('data', (bytes) => {
      isAnswered = true
      socket.setTimeout(quietMs)
      take(bytes)
    })
    socket.on('end', () => socket.destroy())
    socket.write(request)
    return new Promise((resolve) =>
      socket.on('close', () => {
        clearTimeout(timer)
        this.#apart.delete(socket)
        resolve(isAnswered)
      }),
    )
  }

  /** Ends what went over connections of its own. */
  async reset(): Promise<void> {
    const closed = [...this.#apart].map((socket) => new Promise((resolve) => socket.on('close', resolve)))
    for (const socket of this.#apart) resetSocket(socket)
    await Promise.all(closed)
  }
}
