import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { forward, requestHeaders } from './forward.ts'
import { listen } from './listen.ts'
import { Target } from './target.ts'

/** The single door to several replicas of a service. */
export type Edge = {
  url: string
  port: number
  /** The names of those that can be asked. */
  ready: () => string[]
  /** `requests`; what became of them: `answered`, `lost` (reset), `no target`, `left` (by the client); and `to <name>`. */
  counts: () => Record<string, number>
  close: () => Promise<void>
}

/**
 * An HTTP proxy that asks the ready targets in turn, each request once: where it was sent and got no answer, the client's
 * connection is reset. Only a target that refuses the connection is passed over, for nothing was sent to it.
 */
export async function startEdge(places: { name: string; port: number }[]): Promise<Edge> {
  const targets = places.map((place) => new Target(place))
  const counts: Record<string, number> = {}
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  let turn = 0
  const inTurn = () => {
    const ready = targets.filter((target) => target.isReady)
    const askable = ready.length > 0 ? ready : targets
    turn += 1
    const first = turn % askable.length
    return [...askable.slice(first), ...askable.slice(0, first)]
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    count('requests')
    const headers = requestHeaders(request)
    for (const target of inTurn()) {
      const outcome = await forward(request, response, headers, target)
      if (outcome !== 'refused') {
        count(`to ${target.name}`)
        count(outcome)
        return
      }
      target.isReady = false
    }
    count('no target')
    response.writeHead(502, { 'x-edge': 'no target', 'content-length': 0, connection: 'close' }).end()
  }
  // A client that keeps its connection for a minute must not write into one that is just being closed.
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    void serve(request, response)
  })
  await Promise.all(targets.map((target) => target.watch()))
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    ready: () => targets.filter((target) => target.isReady).map((target) => target.name),
    counts: () => ({ ...counts }),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await Promise.all([closed, ...targets.map((target) => target.close())])
    },
  }
}
