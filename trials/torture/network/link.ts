import { createServer } from 'node:net'
import type { Random } from '../random.ts'
import { Connection } from './connection.ts'
import { FarSide } from './far-side.ts'
import type { LinkFault } from './faults.ts'
import { listen } from './listen.ts'
import { Watch, type Weather, type Wish } from './watch.ts'

export type { LinkFault } from './faults.ts'
export type { Match, Weather, Wish } from './watch.ts'

/**
 * Stands between a process and one neighbour on this machine, and does to their conversation what networks do. An exchange
 * is what the near side says since the far side last spoke, and what the far side says to that.
 */
export type Link = {
  name: string
  port: number
  /** From now on new connections go to this port: the far side's may change between two lives of its process. */
  connectTo: (port: number) => void
  /** From now on each exchange meets one of the faults with probability `rate`; `undefined` ends it. */
  weather: (weather: Weather | undefined) => void
  /**
   * The next exchange that matches meets the fault. Resolves to true when it has (an answer was lost, not just waited for),
   * to false when `withinMs` or the signal ended it before one began to. Several may wait.
   */
  once: (fault: LinkFault, wish: Wish) => Promise<boolean>
  /** Resets every connection, and each new one until `up`. */
  down: () => void
  up: () => void
  /** How often each kind of fault was met so far; and `connections` ever made, and those `open` now. */
  counts: () => Record<string, number>
  close: () => Promise<void>
}

export type LinkOptions = {
  name: string
  /** The far side's. */
  port: number
  /** What is spoken on it: HTTP/1.1, or the protocol of PostgreSQL. */
  http: boolean
  random: Random
}

/** A link to a port of this machine, on a port of its own. It does nothing to what passes until it is told to. */
export async function startLink({ name, port, http, random }: LinkOptions): Promise<Link> {
  const open = new Set<Connection>()
  const watch = new Watch(random, http)
  const farSide = new FarSide(port)
  let isUp = true
  let connections = 0
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    connections += 1
    if (!isUp) {
      near.on('error', () => {})
      near.resetAndDestroy()
      return
    }
    const connection = new Connection({ near, farSide, http, begin: watch.follow() })
    open.add(connection)
    void connection.closed.then(() => open.delete(connection))
  })
  const down = async () => {
    isUp = false
    for (const connection of open) connection.reset()
    return farSide.reset()
  }
  return {
    name,
    port: await listen(server),
    connectTo: (port) => {
      farSide.port = port
    },
    weather: (weather) => watch.setWeather(weather),
    once: (fault, wish) => watch.once(fault, wish),
    down: () => void down(),
    up: () => {
      isUp = true
    },
    counts: () => ({ ...watch.counts, connections, open: open.size }),
    close: async () => {
      watch.close()
      const closed = new Promise((resolve) => server.close(resolve))
      await Promise.all([down(), closed])
      await Promise.all([...open].map((connection) => connection.closed))
    },
  }
}
