import { Socket } from 'node:net'

type Address = { host: [string]; port: [number]; path: string | false }

/**
 * The option `socket` of a postgres.js pool. postgres.js 3.4 hands statements to a connection between its failure and
 * its `close`; they hang, and are answered as if they had been done once it has connected anew. And it tries a connection
 * that is closed in its greeting again for ever. Here every connection of the pool that has failed closes at once, and
 * with an error, on which postgres.js rejects whatever is outstanding.
 */
export function createSocketOpener(): (address: Address) => Socket {
  const pool = new Set<PoolSocket>()
  return ({ host, port, path }) => {
    const socket = new PoolSocket(pool)
    return path ? socket.connect(path) : socket.connect(port[0], host[0])
  }
}

class PoolSocket extends Socket {
  readonly #pool: Set<PoolSocket>

  constructor(pool: Set<PoolSocket>) {
    super()
    this.#pool = pool
    pool.add(this)
  }

  // biome-ignore lint/suspicious/noExplicitAny: the signature of the method that this overrides.
  override emit(event: any, ...values: any[]): boolean {
    // The server never closes one half only.
    if (event === 'end') this.destroy(connectionClosed())
    if (event !== 'close') return super.emit(event, ...values)
    for (const socket of this.#pool) if (socket.destroyed) socket.#close()
    return true
  }

  #close(): void {
    this.#pool.delete(this)
    if (this.listenerCount('error') > 0) super.emit('error', connectionClosed())
    super.emit('close', true)
    this.on('error', () => {})
  }
}

function connectionClosed(): Error {
  return Object.assign(new Error('The connection to the database was closed.'), { code: 'CONNECTION_CLOSED' })
}
