import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a test puts at the far side of a link. */
export type Neighbour = {
  port: number
  /** `METHOD path body` of each request that came whole, in order. */
  arrived: string[]
  /** Connections that are open now. */
  open: () => number
  close: () => Promise<void>
}

type Serve = (request: IncomingMessage, response: ServerResponse, body: string) => void

const answerInWords: Serve = ({ method, url }, response) => response.end(`${method} ${url} is done`)

/** An HTTP server that tells what came. */
export async function startNeighbour(serve = answerInWords): Promise<Neighbour> {
  const arrived: string[] = []
  const server = createHttpServer(async (request, response) => {
    const body = await text(request).catch(() => undefined)
    if (body === undefined) return
    arrived.push(`${request.method} ${request.url} ${body}`)
    serve(request, response, body)
  })
  return { arrived, ...(await listen(server)) }
}

/** A server that hands each connection to the test, ends in one direction included. */
export async function startRawNeighbour(take: (socket: Socket) => void): Promise<Omit<Neighbour, 'arrived'>> {
  return listen(createServer({ allowHalfOpen: true }, take))
}

/** What one side saw of a connection: the bytes in order, and how it ended. */
export type Witness = {
  socket: Socket
  said: () => string
  pieces: () => number
  end: Promise<'end' | 'reset'>
}

/** Connects to a port and watches; `end` is the first thing that ends the other direction. */
export function witness(port: number): Witness {
  return watch(connect({ port, host: '127.0.0.1', allowHalfOpen: true }))
}

export function watch(socket: Socket): Witness {
  const pieces: string[] = []
  const end = new Promise<'end' | 'reset'>((resolve) => {
    socket.on('end', () => resolve('end'))
    socket.on('error', () => resolve('reset'))
  })
  socket.on('data', (bytes) => pieces.push(bytes.toString('latin1')))
  return { socket, said: () => pieces.join(''), pieces: () => pieces.length, end }
}

/** Waits until something holds, for five seconds at most. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`It never held that ${holds}.`)
    await sleep(5)
  }
}

async function listen(server: Server): Promise<Omit<Neighbour, 'arrived'>> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size,
    close: async () => {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}
