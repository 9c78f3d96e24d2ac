import { connect, createServer, type Server } from 'node:net'
import { CannotStart } from './cannot-start.ts'

export type WantedPort = { port: number; variable: string; for: string }

/** Refuses ports that another program holds, all of them in one `CannotStart` that names the variables to change. */
export async function refuseTakenPorts(wanted: WantedPort[], host: string): Promise<void> {
  const reasons = await Promise.all(wanted.map((one) => whyUnusable(one, host)))
  const sentences = reasons.filter((reason) => reason !== undefined)
  if (sentences.length > 0) throw new CannotStart([...new Set(sentences)].join('\n'))
}

/** Ports that somebody in this process has been given, and may not listen on yet: they are given to nobody else. */
const given = new Set<number>()

/** Notes ports that were chosen otherwise, so that none of them is found free. */
export function keepPorts(ports: number[]): void {
  for (const port of ports) given.add(port)
}

/** As many different free TCP ports on `host` as asked for, none of them given before. */
export async function findFreePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const spare = given.size
  const servers = await Promise.all(Array.from({ length: count + spare }, () => listen(0, host)))
  const free = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  const ports = free.filter((port) => !given.has(port)).slice(0, count)
  keepPorts(ports)
  return ports
}

export async function findFreePort(): Promise<number> {
  const [port = 0] = await findFreePorts(1)
  return port
}

async function whyUnusable(wanted: WantedPort, host: string): Promise<string | undefined> {
  const { port, variable } = wanted
  const taken = `Port ${port} for ${wanted.for} is taken by another program: stop that program, or start with ${variable} set to another port.`
  // Listening alone does not tell on macOS, nor when another program has only the IPv6 half of "localhost".
  if (port > 0 && ((await isAnswered(port, '127.0.0.1')) || (await isAnswered(port, '::1')))) return taken
  try {
    const server = await listen(port, host)
    await new Promise((closed) => server.close(closed))
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') return taken
    if (code === 'EACCES')
      return `Port ${port} for ${wanted.for} needs an administrator: set ${variable} above 1023.`
    return `This machine has no address ${host} to listen on (${code}): change BIND_ADDRESS.`
  }
}

function isAnswered(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 500 })
    const settle = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    socket.once('timeout', () => settle(false))
  })
}

function listen(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => resolve(server))
  })
}
