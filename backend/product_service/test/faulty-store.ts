import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { promisify } from 'node:util'

export type StoreFault = (request: IncomingMessage, response: ServerResponse) => void

/** A blob store on the wire that answers every request as it is told: `fault` may be exchanged at any time. */
export async function startFaultyStore(fault: StoreFault) {
  const store = { fault, url: '', close: async () => {} }
  const server = createServer((request, response) => store.fault(request, response))
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  store.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  store.close = async () => {
    for (const socket of sockets) socket.destroy()
    await promisify(server.close.bind(server))()
  }
  return store
}

export const created: StoreFault = (request, response) => {
  request.resume()
  request.on('end', () =>
    response.writeHead(201, { etag: '"1"', 'last-modified': 'Mon, 23 Nov 2026 00:00:00 GMT' }).end(),
  )
}

export const silent: StoreFault = (request) => void request.resume()

export const slow =
  (ms: number): StoreFault =>
  (request, response) => {
    const timer = setTimeout(() => created(request, response), ms)
    response.on('close', () => clearTimeout(timer))
  }

export const failing =
  (status: number, code: string): StoreFault =>
  (request, response) => {
    request.resume()
    request.on('end', () => {
      response.writeHead(status, { 'x-ms-error-code': code, 'content-type': 'application/xml' })
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`)
    })
  }

/** Takes some of a blob and then hangs up. */
export const hangingUp: StoreFault = (request) => {
  request.once('data', () => request.socket.resetAndDestroy())
  request.on('end', () => request.socket.resetAndDestroy())
}
