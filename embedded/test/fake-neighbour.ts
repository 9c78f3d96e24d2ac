import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

type Seen = { method: string; url: string; headers: IncomingMessage['headers']; bytes: number }

/** A neighbour that notes what it is asked, and by how many connections. */
export type FakeNeighbour = {
  port: number
  seen: Seen[]
  connections: number
  /** The status of its answers; or it closes the connection instead. */
  answer: number | 'hang up'
  close: () => void
}

export async function startFakeNeighbour(
  host: string,
  headers: Record<string, string> = {},
): Promise<FakeNeighbour> {
  const server = createServer((request, response) => {
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    request.on('end', () => {
      const { method = '', url = '' } = request
      neighbour.seen.push({ method, url, headers: request.headers, bytes })
      if (neighbour.answer === 'hang up') request.socket.destroy()
      else response.writeHead(neighbour.answer, headers).end('{}')
    })
  })
  server.on('connection', () => {
    neighbour.connections++
  })
  await new Promise<void>((listening) => server.listen(0, host, listening))
  const neighbour: FakeNeighbour = {
    port: (server.address() as AddressInfo).port,
    seen: [],
    connections: 0,
    answer: 200,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
  return neighbour
}
