import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

type Target = { port: number; agent: Agent; isReady: boolean }

export type Balancer = {
  url: string
  isReady: (port: number) => boolean
  close: () => Promise<void>
}

/**
 * Passes requests on to those ports that say at /readyz, every 200 ms, that they are ready, in turn and over connections
 * that it keeps. What is lost on the way it answers with 502, and does not send again.
 */
export async function startBalancer(ports: number[]): Promise<Balancer> {
  const targets = ports.map((port) => ({ port, agent: new Agent({ keepAlive: true }), isReady: false }))
  let turn = 0
  const server = createServer((incoming, outgoing) => {
    const ready = targets.filter(({ isReady }) => isReady)
    const target = ready[turn++ % ready.length]
    if (target) pass(incoming, outgoing, target)
    else outgoing.writeHead(502).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  let closed = false
  const watching = targets.map(async (target) => {
    while (!closed) {
      target.isReady = await saysReady(target)
      await sleep(200)
    }
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isReady: (port) => targets.some((target) => target.port === port && target.isReady),
    close: async () => {
      closed = true
      await Promise.all(watching)
      for (const { agent } of targets) agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse, { port, agent }: Target): void {
  const { method, url, headers } = incoming
  const forward = request({ host: '127.0.0.1', port, agent, method, path: url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: 'keep-alive' })
    answer.pipe(outgoing)
  })
  forward.on('error', () => outgoing.headersSent || outgoing.writeHead(502).end())
  incoming.pipe(forward)
}

async function saysReady({ port }: Target): Promise<boolean> {
  const signal = AbortSignal.timeout(1_000)
  return fetch(`http://127.0.0.1:${port}/readyz`, { signal }).then(
    ({ status }) => status === 200,
    () => false,
  )
}
